import { Agent, request } from 'node:http'

// A generator of requests: node http-load.ts PORT CONNECTIONS SECONDS METHOD PATH BODY

const [port = '', connections = '1', seconds = '1', method = 'GET', path = '/', body = ''] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) })
const until = Date.now() + Number(seconds) * 1000
let count = 0
let failures = 0

const one = (): Promise<void> =>
  new Promise(resolve => {
    const target = path.replace('{n}', String(count++))
    const headers = body === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const sent = request({ host: '127.0.0.1', port, method, path: target, agent, headers }, answer => {
      if (answer.statusCode !== 200) failures++
      answer.resume().once('end', resolve)
    })
    sent.once('error', () => {
      failures++
      resolve()
    })
    sent.end(body)
  })

const oneAfterAnother = async (): Promise<void> => {
  while (Date.now() < until) await one()
}

await Promise.all(Array.from({ length: Number(connections) }, oneAfterAnother))
agent.destroy()
process.stdout.write(`DONE ${count} ${failures}\n`)
