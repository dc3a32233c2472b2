import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { answerErrors, notFound, statusOf } from '#server/http/errors.ts'
import { ServerLog } from '#server/logging/server-log.ts'

const newApp = () => {
  const lines: string[] = []
  const app = Fastify()
  answerErrors(app, new ServerLog({ write: line => lines.push(line) }).module('api'))
  app.get('/ours', () => {
    throw new Error('inside canary at /secret/path')
  })
  app.get('/theirs', () => {
    throw Object.assign(new Error('too much'), { statusCode: 413 })
  })
  app.get('/missing', (_request, reply) => notFound(reply))
  return { app, lines }
}

test('a mistake of ours is told to the log and not to the client', async () => {
  const { app, lines } = newApp()
  const { statusCode, body, headers } = await app.inject('/ours')
  expect([statusCode, body]).toEqual([500, 'internal error, see the log\n'])
  expect(headers['x-content-type-options']).toBe('nosniff')
  expect(lines.join('')).toContain('inside canary')
})

test('a mistake of the client is told to the client and not to the log', async () => {
  const { app, lines } = newApp()
  const { statusCode, body } = await app.inject('/theirs')
  expect([statusCode, body]).toEqual([413, 'too much\n'])
  expect(lines).toEqual([])
})

test('what is not there is answered as Go does', async () => {
  const { statusCode, body, headers } = await newApp().app.inject('/missing')
  expect([statusCode, body, headers['content-type']]).toEqual([
    404,
    '404 page not found\n',
    'text/plain; charset=utf-8',
  ])
})

test('codes have statuses, and unknown ones are our fault', () => {
  expect(statusOf('stream_not_found')).toBe(404)
  expect(statusOf('name_taken')).toBe(409)
  expect(statusOf('constructor')).toBe(500)
})
