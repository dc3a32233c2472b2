import { connect } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'

/** Milliseconds a test waits for an answer. */
const WAIT_MS_MAX = 20_000

/** Sends text over a socket of its own and gives everything that comes back until the server closes it. */
export const rawHttp = async (port: number, text: string): Promise<string> => {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  const closed = new Promise<void>(resolve => socket.on('close', () => resolve()))
  socket.setEncoding('latin1').on('data', (data: string) => {
    answer += data
  })
  socket.on('error', () => {})
  socket.write(text)
  const outcome = await Promise.race([closed, after(WAIT_MS_MAX, 'late' as const, { ref: false })])
  socket.destroy()
  if (outcome === 'late') throw new Error(`the server did not close the connection after:\n${answer}`)
  return answer
}
