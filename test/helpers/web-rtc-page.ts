import { setTimeout as delay } from 'node:timers/promises'

/** Milliseconds between two looks at a page, and until what was awaited should have come. */
const LOOK_MS = 100
const DEADLINE_MS = 40_000

/** A page of a browser: Chromium's by Playwright, or Firefox's. */
export interface BrowserPage {
  evaluate<Result, Argument>(run: (argument: Argument) => Result | Promise<Result>, argument: Argument): Promise<Result>
}

/** What a page asks for. */
export interface Watching {
  /** Where the offer is posted to. */
  readonly url: string
  /** Ways to us instead of those in the answer, `candidate:…` each. Default: those of the answer. */
  readonly candidates?: readonly string[]
  /** Of the answer's ways those by this protocol. Default: all. */
  readonly protocol?: 'udp' | 'tcp'
}

/** What a page has seen and heard so far, and how it came. */
export interface Watched {
  readonly state: string
  readonly width: number
  /** The video's own time, in seconds. */
  readonly time: number
  readonly frames: number
  /** Samples of sound. */
  readonly sound: number
  readonly lost: number
  /** Packets of pictures that were asked for again, and that came again. */
  readonly nacks: number
  readonly retransmitted: number
  readonly plis: number
  readonly freezes: number
  readonly protocol: string
  /** Seconds there and back, as connectivity checks see it. */
  readonly roundTrip: number
}

/** Begins to play by WebRTC in a page, which keeps the connection until it plays again. Gives the answer. */
export const watchInPage = (page: BrowserPage, watching: Watching): Promise<string> =>
  page.evaluate(async ({ url, candidates, protocol }) => {
    const kept = globalThis as unknown as { connection?: RTCPeerConnection; video?: HTMLVideoElement }
    kept.connection?.close()
    kept.video?.remove()
    const connection = new RTCPeerConnection()
    connection.addTransceiver('video', { direction: 'recvonly' })
    connection.addTransceiver('audio', { direction: 'recvonly' })
    const video = Object.assign(document.createElement('video'), { muted: true, autoplay: true })
    const stream = new MediaStream()
    video.srcObject = stream
    connection.addEventListener('track', ({ track }) => stream.addTrack(track))
    document.body.append(video)
    Object.assign(kept, { connection, video })
    await connection.setLocalDescription()
    const body = connection.localDescription?.sdp.replaceAll(/^a=candidate:.*\r\n/gm, '') ?? ''
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/sdp' }, body })
    const answer = await response.text()
    if (response.status !== 201) throw new Error(`${response.status} ${answer}`)
    const lines = answer
      .split('\r\n')
      .filter(line => !line.startsWith('a=candidate:') || (candidates === undefined && line.includes(protocol ?? '')))
    await connection.setRemoteDescription({ type: 'answer', sdp: lines.join('\r\n') })
    for (const candidate of candidates ?? []) await connection.addIceCandidate({ candidate, sdpMLineIndex: 0 })
    return answer
  }, watching)

/** What the page's connection has to tell. */
export const watchedInPage = (page: BrowserPage): Promise<Watched> =>
  page.evaluate(async () => {
    const { connection, video } = globalThis as unknown as {
      connection: RTCPeerConnection
      video: HTMLVideoElement
    }
    const told = { sound: 0, frames: 0, lost: 0, nacks: 0, retransmitted: 0, plis: 0, freezes: 0 }
    const reports = [...(await connection.getStats()).values()]
    for (const one of reports) {
      if (one.type !== 'inbound-rtp') continue
      if (one.kind === 'audio') told.sound = one.totalSamplesReceived ?? 0
      if (one.kind !== 'video') continue
      told.frames = one.framesDecoded ?? 0
      told.lost = one.packetsLost ?? 0
      told.nacks = one.nackCount ?? 0
      told.retransmitted = one.retransmittedPacketsReceived ?? 0
      told.plis = one.pliCount ?? 0
      told.freezes = one.freezeCount ?? 0
    }
    // Firefox says it of the pair, Chromium of the transport.
    const chosen = reports.find(one => one.type === 'transport')?.selectedCandidatePairId
    const pair = reports.find(one => one.type === 'candidate-pair' && (one.id === chosen || one.selected === true))
    const remote = reports.find(one => one.id === pair?.remoteCandidateId)
    return {
      ...told,
      state: connection.connectionState,
      width: video.videoWidth,
      time: video.currentTime,
      protocol: remote?.protocol ?? '',
      roundTrip: pair?.currentRoundTripTime ?? 0,
    }
  }, undefined)

/** Waits until what a page has seen is so, compared with what it had seen when this was called. */
export const seenInPage = async (
  page: BrowserPage,
  what: string,
  isSo: (now: Watched, before: Watched) => boolean,
): Promise<Watched> => {
  const before = await watchedInPage(page)
  for (const end = performance.now() + DEADLINE_MS; ; await delay(LOOK_MS)) {
    const now = await watchedInPage(page)
    if (isSo(now, before)) return now
    if (performance.now() > end) throw new Error(`waited in vain for ${what}: ${JSON.stringify({ before, now })}`)
  }
}

/** Waits until pictures and sound have gone on for two seconds of the page's. */
export const playsInPage = (page: BrowserPage, what = 'pictures and sound'): Promise<Watched> =>
  seenInPage(
    page,
    what,
    (now, before) => now.frames > before.frames + 40 && now.sound > before.sound + 48_000 && now.time > before.time + 1,
  )

/** Ends the page's connection. */
export const leaveInPage = (page: BrowserPage): Promise<void> =>
  page.evaluate(() => (globalThis as unknown as { connection: RTCPeerConnection }).connection.close(), undefined)
