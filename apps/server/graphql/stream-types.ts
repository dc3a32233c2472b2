import type { Builder, StatusRef } from './builder.ts'
import { remedyFor } from './causes.ts'
import type { LiveSourceState, LiveStream, LiveStreamState, LiveViewer } from './live.ts'

/** The schema's states for the engine's words about a source. */
const sourceStates: Readonly<Record<LiveSourceState, LiveStreamState>> = {
  idle: 'idle',
  dialing: 'connecting',
  live: 'live',
  waiting: 'reconnecting',
  paused: 'paused',
}

/** What a stream's preload is, where it is shown. */
export const PRELOAD =
  'What is kept running without viewers: video=h264&audio; empty is video and audio, null is nothing.'

/** Streams and what they are doing. Passwords are replaced on the way out. */
export const addStreamTypes = (builder: Builder): void => {
  addProblem(builder)
  const state = addState(builder)
  addTrack(builder)
  addViewer(builder)
  addSource(builder, state)
  addStatus(builder, state)
  builder.objectType('Stream', {
    fields: t => ({
      id: t.exposeID('id'),
      name: t.exposeString('name'),
      sources: t.stringList({
        description: 'Best first, passwords replaced by ***.',
        resolve: ({ shownSources }) => [...shownSources],
      }),
      preload: t.string({ nullable: true, description: PRELOAD, resolve: ({ shownPreload }) => shownPreload }),
      position: t.exposeInt('position', { description: 'Of the event that last changed it.' }),
      updatedAt: t.exposeFloat('updatedAt', { description: 'Unix milliseconds.' }),
      status: t.field({
        type: 'StreamStatus',
        resolve: ({ id }, _args, { live }): StatusRef => ({ id, live: live.stream(id) }),
      }),
    }),
  })
}

const addProblem = (builder: Builder): void => {
  builder.objectType('Problem', {
    description: 'What went wrong, in words, and what to do about it.',
    fields: t => ({
      code: t.exposeString('code'),
      message: t.string({ resolve: ({ message }, _args, { controlPlane }) => controlPlane.redact(message) }),
      remedy: t.string({ nullable: true, resolve: problem => remedyFor(problem) }),
    }),
  })
}

const addState = (builder: Builder) =>
  builder.enumType('StreamState', {
    values: {
      IDLE: { value: 'idle', description: 'Nobody watches; its sources are not dialed.' },
      CONNECTING: { value: 'connecting', description: 'A source is being dialed.' },
      LIVE: { value: 'live', description: 'Media flows.' },
      RECONNECTING: {
        value: 'reconnecting',
        description: 'Media should flow and does not: it is being dialed again.',
      },
      PAUSED: {
        value: 'paused',
        description: 'It has stopped trying until somebody changes something (a refused password).',
      },
      FAILED: { value: 'failed', description: 'The last viewer was refused: no source could serve.' },
    } as const,
  })

type StateRef = ReturnType<typeof addState>

const addTrack = (builder: Builder): void => {
  builder.objectType('Track', {
    description: 'One codec that a source offers, ready to be shown.',
    fields: t => ({
      kind: t.exposeString('kind'),
      label: t.exposeString('label', {
        description: 'As people say it: H264 High 1920×1080, AAC 48 kHz stereo.',
      }),
      codec: t.exposeString('codec'),
    }),
  })
}

const addSource = (builder: Builder, state: StateRef): void => {
  builder.objectType('Source', {
    fields: t => ({
      url: t.string({
        description: 'As written, with passwords replaced by ***.',
        resolve: ({ url }, _args, { controlPlane }) => controlPlane.redact(url),
      }),
      state: t.field({ type: state, resolve: source => sourceStates[source.state] }),
      problem: t.field({ type: 'Problem', nullable: true, resolve: ({ cause }) => cause }),
      retryAt: t.float({
        nullable: true,
        description: 'Unix milliseconds of the next try, when one is planned.',
        resolve: ({ retryAt }) => retryAt,
      }),
      tracks: t.field({
        type: ['Track'],
        description: 'What it offers, once it has been dialed.',
        resolve: ({ tracks }) => [...tracks],
      }),
      bytesReceived: t.float({ resolve: ({ connection }) => connection?.bytesReceived ?? 0 }),
      remoteAddress: t.string({ resolve: ({ connection }) => connection?.remoteAddress ?? '' }),
    }),
  })
}

const addViewer = (builder: Builder): void => {
  builder.objectType('Viewer', {
    fields: t => ({
      id: t.int({ resolve: ({ connection }) => connection.id }),
      format: t.string({ description: 'rtsp, mse/fmp4, …', resolve: ({ connection }) => connection.formatName }),
      protocol: t.string({ resolve: ({ connection }) => connection.protocol }),
      remoteAddress: t.string({ resolve: ({ connection }) => connection.remoteAddress }),
      userAgent: t.string({ resolve: ({ connection }) => connection.userAgent }),
      bytesSent: t.float({ resolve: ({ connection }) => connection.bytesSent }),
      dropped: t.int({ resolve: ({ senders }) => senders.reduce((sum, sender) => sum + sender.drops, 0) }),
    }),
  })
}

/** Those who watch; what keeps a stream running without them is none of them. */
export const viewersOf = (live: LiveStream | undefined): readonly LiveViewer[] =>
  live?.snapshot.consumers.filter(({ connection }) => connection.formatName !== 'preload') ?? []

const addStatus = (builder: Builder, state: StateRef): void => {
  builder.objectType('StreamStatus', {
    fields: t => ({
      id: t.exposeID('id'),
      state: t.field({ type: state, resolve: ({ live }) => live?.snapshot.state ?? 'idle' }),
      viewerCount: t.int({ resolve: ({ live }) => viewersOf(live).length }),
      bitsPerSecond: t.float({
        description: 'Media received from all sources, bits a second, over the last second.',
        resolve: ({ live }) => live?.bitsPerSecond ?? 0,
      }),
      problem: t.field({ type: 'Problem', nullable: true, resolve: ({ live }) => live?.snapshot.cause }),
      sources: t.field({ type: ['Source'], resolve: ({ live }) => [...(live?.snapshot.sources ?? [])] }),
      viewers: t.field({ type: ['Viewer'], resolve: ({ live }) => [...viewersOf(live)] }),
    }),
  })
}
