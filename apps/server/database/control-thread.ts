import { parentPort, workerData } from 'node:worker_threads'
import { type ControlThreadStart, serveControlThread } from '../commands/serve-control-thread.ts'

// The entry of both database threads: like `server.ts`, it only puts parts together.
if (parentPort === null) throw new TypeError('this file runs in a worker thread')
serveControlThread(parentPort, workerData as ControlThreadStart)
