import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GraphQLWorld, openGraphQLWorld } from '#test/helpers/graphql-services.ts'

let world: GraphQLWorld
let id: string
beforeAll(async () => {
  world = await openGraphQLWorld()
  const sources = ['rtsp://u:canary1@10.0.0.9/x']
  await world.controlPlane.execute({ type: 'SetStream', name: 'porch', sources }, { actor: 'test' })
  id = world.controlPlane.streams.get('porch')!.id
})
afterAll(() => world[Symbol.asyncDispose]())

const connection = (more: object) => ({
  ...{ id: 7, formatName: 'mse/fmp4', protocol: 'ws', remoteAddress: '10.0.0.2:5', userAgent: 'Browser' },
  ...{ source: '', url: '', sdp: '', medias: [], bytesReceived: 0, bytesSent: 0, ...more },
})

interface Answer {
  readonly stream: { readonly status: Record<string, unknown> }
}
const status = async (fields: string): Promise<Record<string, unknown>> =>
  (await world.ask<Answer>(`{stream(name:"porch"){status{${fields}}}}`)).stream.status

describe('the status of a stream', () => {
  test('that never ran is idle and empty', async () => {
    expect(await status('id state viewerCount bitsPerSecond problem{code} sources{url} viewers{id}')).toEqual({
      ...{ id, state: 'IDLE', viewerCount: 0, bitsPerSecond: 0, problem: null, sources: [], viewers: [] },
    })
  })

  test('that is live has its sources with their tracks, and its viewers, of which a preload is none', async () => {
    world.engine.becomes(id, 'live', {
      sources: [
        {
          ...{ url: 'rtsp://u:canary1@10.0.0.9/x', published: false, state: 'live', receivers: [], senders: [] },
          tracks: [{ kind: 'video', codec: 'H264', label: 'H264 High 1920×1080' }],
          connection: connection({ id: 3, remoteAddress: '10.0.0.9:554', bytesReceived: 1000 }),
        },
      ],
      consumers: [
        {
          connection: connection({ bytesSent: 900 }),
          senders: [
            { id: 8, codec: {}, parent: 4, bytes: 900, packets: 3, drops: 2 },
            { id: 9, codec: {}, parent: 5, bytes: 0, packets: 0, drops: 1 },
          ],
          receivers: [],
        },
        { connection: connection({ id: 9, formatName: 'preload' }), senders: [], receivers: [] },
      ],
    })
    expect(
      await status(
        'state viewerCount sources{url state tracks{kind label codec} bytesReceived remoteAddress retryAt problem{code}} viewers{id format protocol remoteAddress userAgent bytesSent dropped}',
      ),
    ).toEqual({
      state: 'LIVE',
      viewerCount: 1,
      sources: [
        {
          ...{ url: 'rtsp://u:***@10.0.0.9/x', state: 'LIVE', retryAt: null, problem: null },
          ...{ bytesReceived: 1000, remoteAddress: '10.0.0.9:554' },
          tracks: [{ kind: 'video', label: 'H264 High 1920×1080', codec: 'H264' }],
        },
      ],
      viewers: [
        {
          ...{ id: 7, format: 'mse/fmp4', protocol: 'ws', remoteAddress: '10.0.0.2:5', userAgent: 'Browser' },
          ...{ bytesSent: 900, dropped: 3 },
        },
      ],
    })
  })

  test.each([
    ['dialing', 'CONNECTING'],
    ['waiting', 'RECONNECTING'],
    ['paused', 'PAUSED'],
    ['idle', 'IDLE'],
  ] as const)('says of a source that is %s that it is %s', async (state, said) => {
    world.engine.becomes(id, 'reconnecting', {
      sources: [{ url: 'rtsp://a', published: false, state, tracks: [], receivers: [], senders: [], retryAt: 5000 }],
    })
    expect(await status('state sources{state retryAt}')).toEqual({
      state: 'RECONNECTING',
      sources: [{ state: said, retryAt: 5000 }],
    })
  })

  test('that failed says why without a password, and what to do', async () => {
    const cause = { code: 'wrong_password', message: 'rtsp://u:canary1@10.0.0.9/x refused canary1' }
    world.engine.becomes(id, 'failed', { cause })
    expect(await status('state problem{code message remedy}')).toEqual({
      state: 'FAILED',
      problem: {
        code: 'wrong_password',
        message: expect.not.stringContaining('canary1'),
        remedy: expect.stringContaining('password'),
      },
    })
  })
})
