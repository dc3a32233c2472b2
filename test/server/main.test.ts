import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openEventStream } from '#test/helpers/event-stream.ts'
import { startServerProcess } from '#test/helpers/server-process.ts'
import { openWebSocket } from '#test/helpers/web-socket-viewer.ts'

const anyPort = ['-c', 'api.listen=127.0.0.1:0', '-c', 'rtsp.listen=127.0.0.1:0'] as const
const listening = /INF \[api\] listen addr=(\S+)/

describe('the program', () => {
  test('prints go2rtc’s version line and ends', async () => {
    await using server = startServerProcess(['-v'])
    expect(await server.ended()).toBe(0)
    expect(server.output()).toMatch(/^go2rtc version 1\.9\.14 \(sightline-\S+\) \w+\/\w+\n$/)
  })

  test('prints its usage when asked to', async () => {
    await using server = startServerProcess(['--help'])
    expect(await server.ended()).toBe(0)
    expect(server.output()).toMatch(/^Usage: /)
  })

  test('ends with 2 on a flag it does not know, and says which', async () => {
    await using server = startServerProcess(['-frobnicate'])
    expect(await server.ended()).toBe(2)
    expect(server.output()).toMatch(/not defined: -frobnicate\nUsage: /)
  })

  test('says what to open, after the line that tells of the API', async () => {
    await using server = startServerProcess(anyPort)
    const [, address] = await server.line(listening)
    const [, url] = await server.line(/INF open (\S+) in a browser/)
    expect(url).toBe(`http://localhost:${address!.split(':').at(-1)}`)
    expect((await fetch(`${url}/api`)).status).toBe(200)
  })

  test('ends with 1 and a sentence when its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => other.once('listening', resolve))
    const { port } = other.address() as AddressInfo
    await using server = startServerProcess(['-c', `api.listen=127.0.0.1:${port}`, '-c', 'rtsp.listen=127.0.0.1:0'])
    expect(await server.ended()).toBe(1)
    expect(server.output()).toMatch(new RegExp(`ERR \\[api\\] port ${port} is already in use: .*api\\.listen`))
    other.close()
  })

  test('answers on a unix socket the moment it says so, with no TCP', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sightline-unix-'))
    const path = join(folder, 'go2rtc.sock')
    writeFileSync(
      join(folder, 'ha.yaml'),
      `api:\n  listen: ""\n  unix_listen: ${path}\n  username: u\n  password: 0123\n  local_auth: true\nrtsp: {listen: "127.0.0.1:0"}\n`,
    )
    {
      await using server = startServerProcess(['-c', join(folder, 'ha.yaml')], folder)
      expect((await server.line(listening))[1]).toBe(path)
      expect(await status(path)).toBe(401)
      expect(await status(path, `Basic ${Buffer.from('u:0123').toString('base64')}`)).toBe(200)
      server.child.kill('SIGTERM')
      expect(await server.ended()).toBe(0)
      expect(existsSync(path)).toBe(false)
      expect(server.output().match(/\[api\] listen/g)).toHaveLength(1)
    }
    rmSync(folder, { recursive: true })
  })

  test('starts over a socket that a killed server left behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sightline-left-'))
    const path = join(folder, 's.sock')
    const args = ['-c', `{api: {listen: "", unix_listen: "${path}"}, rtsp: {listen: ""}}`]
    for (let round = 0; round < 2; round++) {
      await using server = startServerProcess(args, folder)
      await server.line(listening)
      expect(await status(path)).toBe(200)
      // Disposing kills it: the socket stays.
    }
    rmSync(folder, { recursive: true })
  })
})

describe('the end', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('comes with %s while people watch, and they are told', async signal => {
    await using server = startServerProcess([...anyPort, '-c', '{streams: {demo: "demo:"}}'])
    const [, url] = await server.line(/open (\S+) in/)
    await using feed = await openEventStream(url!, 'subscription{changes{__typename}}')
    await feed.next('what runs', () => true)
    await using viewer = await openWebSocket(`${url}/api/ws?src=demo`)
    viewer.send({ type: 'mse', value: '' })
    await viewer.next('the type')
    server.child.kill(signal)
    await feed.completed
    await viewer.closed
    expect(await server.ended()).toBe(0)
  })

  test('comes with /api/exit and its code', async () => {
    await using server = startServerProcess(anyPort)
    const [, url] = await server.line(/open (\S+) in/)
    expect((await fetch(`${url}/api/exit?code=42`, { method: 'POST' })).status).toBe(200)
    expect(await server.ended()).toBe(42)
  })

  test('does not come when nobody reads the output any more', async () => {
    await using server = startServerProcess([...anyPort, '-c', 'log.level=trace'])
    const [, url] = await server.line(/open (\S+) in/)
    server.child.stdout?.destroy()
    server.child.stderr?.destroy()
    for (let at = 0; at < 20; at++)
      expect((await fetch(`${url}/api/streams?name=s${at}&src=demo:`, { method: 'PUT' })).status).toBe(200)
    expect(server.child.exitCode).toBeNull()
  })
})

test('what was changed is there after a kill', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-kill-'))
  {
    await using server = startServerProcess(anyPort, folder)
    const [, url] = await server.line(/open (\S+) in/)
    await fetch(`${url}/api/streams?name=kept&src=rtsp://10.0.0.9/x`, { method: 'PUT' })
  }
  await using server = startServerProcess(anyPort, folder)
  const [, url] = await server.line(/open (\S+) in/)
  expect(Object.keys((await (await fetch(`${url}/api/streams`)).json()) as object)).toEqual(['kept'])
  server.child.kill('SIGTERM')
  await server.ended()
  rmSync(folder, { recursive: true })
})

const status = (socketPath: string, authorization?: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request({ socketPath, path: '/api', headers: authorization === undefined ? {} : { authorization } }, response => {
      response.resume().on('end', () => resolve(response.statusCode))
    })
      .on('error', reject)
      .end()
  })
