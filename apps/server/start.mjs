import { spawn } from 'node:child_process'
import module from 'node:module'
import { constants } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { childEnvironment, nodeFlags, root, SetUpError, setUp } from './set-up.mjs'

// `npm start`: from a fresh clone to a server that listens. What is missing is installed, what is stale is built,
// and the server runs in this process if its Node is new enough, else in a child with the Node that npm brought.

const main = join(root, 'apps/server/dist/main.js')

/** How soon after npm's end the server ends. */
const PARENT_CHECK_MS = 250

const startHere = async () => {
  module.enableCompileCache(join(root, 'apps/server/dist/.compile-cache'))
  await import(pathToFileURL(main).href)
}

const startChild = node => {
  const child = spawn(node, [...nodeFlags, main, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...childEnvironment(), NODE_COMPILE_CACHE: join(root, 'apps/server/dist/.compile-cache') },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => forward(child, signal))
  child.once('error', error => fail(`${node} cannot be run: ${error.message}`))
  child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}

/** A terminal's Ctrl-C reaches the child by itself; handed on as well, it would count as the impatient second one. */
const forward = (child, signal) => {
  if (signal === 'SIGINT' && process.stdin.isTTY) return
  child.kill(signal)
}

/** npm hands a signal to its shell, which ends and hands nothing on: without its parent, the server ends as well. */
const endWithParent = () => {
  const parent = process.ppid
  const look = () => process.ppid === parent || process.kill(process.pid, 'SIGTERM')
  setInterval(look, PARENT_CHECK_MS).unref()
}

const fail = message => {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

try {
  const node = await setUp({ tell: sentence => process.stderr.write(`${sentence}\n`) })
  if (process.env.npm_lifecycle_event === 'start') endWithParent()
  if (node === process.execPath) await startHere()
  else startChild(node)
} catch (error) {
  if (!(error instanceof SetUpError)) throw error
  fail(error.message)
}
