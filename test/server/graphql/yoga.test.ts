import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

describe('attacks', () => {
  const post = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    server.request('/api/graphql', { method: 'POST', headers, body })
  const ask = async (query: string): Promise<string> => (await post(JSON.stringify({ query }))).text()

  test.each([
    ['text/plain', JSON.stringify({ query: 'mutation{removeStream(name:"porch"){position}}' })],
    ['application/x-www-form-urlencoded', 'query=mutation%7BremoveStream(name%3A%22porch%22)%7Bposition%7D%7D'],
    ['multipart/form-data; boundary=x', '--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n{}\r\n--x--'],
    ['application/graphql', 'mutation{removeStream(name:"porch"){position}}'],
  ])('%s is not taken: a form could send it', async (type, body) => {
    expect((await post(body, { 'content-type': type })).status).toBe(415)
  })

  test('a mutation by GET is refused', async () => {
    const query = encodeURIComponent('mutation{setStream(name:"got",sources:["rtsp://10.0.0.8/a"]){position}}')
    expect((await server.request(`/api/graphql?query=${query}`)).status).toBe(405)
    expect(await server.graphql('{stream(name:"got"){name}}')).toEqual({ stream: null })
  })

  test('a mutation of another site’s page is refused', async () => {
    const headers = { 'content-type': 'application/json', origin: 'https://evil.example' }
    expect((await post('{"query":"{system{version}}"}', headers)).status).toBe(403)
  })

  test.each([
    ['deep', `{${'streams{status{sources{problem{'.repeat(300)}code${'}}}}'.repeat(300)}}`, /deep/],
    ['full of aliases', `{${Array.from({ length: 16 }, (_, at) => `a${at}:system{position}`).join(' ')}}`, /aliases/],
    ['wide', `{system{${'version '.repeat(600)}}}`, /fields/],
    ['full of directives', `{system{version ${'@skip(if:false)'.repeat(60)}}}`, /directives/],
    ['a cycle of fragments', '{...a} fragment a on Query{...b} fragment b on Query{...a}', /deep|cannot spread/i],
    ['an avalanche of fragments', avalanche(), /fields|deep/],
    ['long', `{system{${'version '.repeat(20_000)}}}`, /token|syntax/i],
  ])('a question that is %s is refused in words', async (_name, query, words) => {
    const { errors } = JSON.parse(await ask(query)) as { errors: readonly { message: string }[] }
    expect(errors.map(error => error.message).join('\n')).toMatch(words)
  })

  test('a batch is refused', async () => {
    const body = JSON.stringify(Array.from({ length: 1000 }, () => ({ query: '{system{position}}' })))
    expect((await post(body)).status).toBe(400)
  })

  test('a body beyond a mebibyte is refused', async () => {
    expect((await post(`{"query":"${' '.repeat(1 << 20)}"}`)).status).toBe(413)
  })

  test('__proto__ in the input harms nothing', async () => {
    const answer = await post('{"query":"{system{position}}","variables":{"__proto__":{"polluted":true}}}')
    expect([200, 400]).toContain(answer.status)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  test('tools may ask what the schema is', async () => {
    const { getIntrospectionQuery } = await import('graphql')
    expect(await ask(getIntrospectionQuery())).toContain('"queryType"')
  })
})

function avalanche(): string {
  const levels = Array.from({ length: 9 }, (_, at) => `fragment f${at} on Query{${`...f${at + 1} `.repeat(10)}}`)
  return `{...f0} ${levels.join(' ')} fragment f9 on Query{system{position}}`
}
