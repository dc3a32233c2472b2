import { Browser } from '#test/helpers/browser.ts'

/** Chromium on a page of the server, which tells how long a first frame takes to be shown. */
export class FirstFrames implements AsyncDisposable {
  readonly #browser: Browser

  private constructor(browser: Browser) {
    this.#browser = browser
  }

  static async open(port: number): Promise<FirstFrames> {
    const browser = await Browser.open()
    await browser.page.goto(`http://127.0.0.1:${port}/api`)
    return new FirstFrames(browser)
  }

  /** Milliseconds from opening the WebSocket until a frame is shown. */
  mse(): Promise<number> {
    return this.#browser.page.evaluate(
      () =>
        new Promise<number>((resolve, reject) => {
          const video = Object.assign(document.createElement('video'), { muted: true, autoplay: true })
          document.body.replaceChildren(video)
          const startedAt = performance.now()
          const socket = new WebSocket('/api/ws?src=cam')
          socket.binaryType = 'arraybuffer'
          video.requestVideoFrameCallback(() => {
            socket.close()
            resolve(performance.now() - startedAt)
          })
          const source = new MediaSource()
          const waiting: ArrayBuffer[] = []
          let buffer: SourceBuffer | undefined
          const next = (): void => {
            if (buffer === undefined || buffer.updating || waiting.length === 0) return
            buffer.appendBuffer(waiting.shift()!)
            // The stream begins in the past: go2rtc's player goes to its end as well.
            const { buffered } = buffer
            if (buffered.length > 0 && video.currentTime < buffered.start(0)) video.currentTime = buffered.start(0)
          }
          video.src = URL.createObjectURL(source)
          const isOpen = new Promise<void>(done => source.addEventListener('sourceopen', () => done(), { once: true }))
          socket.addEventListener('open', () => socket.send('{"type":"mse","value":"avc1.640029"}'))
          socket.addEventListener('message', ({ data }) => {
            if (typeof data !== 'string') {
              waiting.push(data as ArrayBuffer)
              next()
              return
            }
            const { type, value } = JSON.parse(data) as { type: string; value: string }
            if (type === 'error') reject(new Error(value))
            void isOpen.then(() => {
              buffer = source.addSourceBuffer(value)
              buffer.addEventListener('updateend', next)
              next()
            })
          })
        }),
    )
  }

  /** Milliseconds from making the connection until a frame is shown. */
  webRtc(): Promise<number> {
    return this.#browser.page.evaluate(async () => {
      const video = Object.assign(document.createElement('video'), { muted: true, autoplay: true })
      document.body.replaceChildren(video)
      const startedAt = performance.now()
      const connection = new RTCPeerConnection()
      connection.addTransceiver('video', { direction: 'recvonly' })
      connection.addEventListener('track', ({ track }) => {
        video.srcObject = new MediaStream([track])
      })
      const shown = new Promise<void>(resolve => video.requestVideoFrameCallback(() => resolve()))
      await connection.setLocalDescription()
      const body = connection.localDescription?.sdp ?? ''
      const headers = { 'content-type': 'application/sdp' }
      const response = await fetch('/api/webrtc?src=cam', { method: 'POST', headers, body })
      await connection.setRemoteDescription({ type: 'answer', sdp: await response.text() })
      await shown
      const elapsedMs = performance.now() - startedAt
      connection.close()
      return elapsedMs
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#browser[Symbol.asyncDispose]()
  }
}
