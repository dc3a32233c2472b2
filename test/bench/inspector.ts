import { WebSocket } from 'ws'

/** Milliseconds that memory takes to be given back after a collection. */
const GIVEN_BACK_MS = 1000

/** Has a Node that was started with `--inspect=127.0.0.1:PORT` collect all of its garbage. Rejects when it cannot be reached. */
export const collectGarbage = async (inspectorPort: number): Promise<void> => {
  const answer = await fetch(`http://127.0.0.1:${inspectorPort}/json`)
  const [target] = (await answer.json()) as readonly { readonly webSocketDebuggerUrl: string }[]
  const socket = new WebSocket(target?.webSocketDebuggerUrl ?? '')
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const done = new Promise<void>(resolve =>
    socket.on('message', data => {
      if ((JSON.parse(String(data)) as { readonly id?: number }).id === 2) resolve()
    }),
  )
  socket.send(JSON.stringify({ id: 1, method: 'HeapProfiler.enable' }))
  socket.send(JSON.stringify({ id: 2, method: 'HeapProfiler.collectGarbage' }))
  await done
  socket.close()
  await new Promise(resolve => setTimeout(resolve, GIVEN_BACK_MS))
}
