import './webrtc-page.css'
import { socketAddress } from '../player/addresses.ts'
import { parseMessage } from '../player/messages.ts'
import { refusalOf } from '../player/playback-problem.ts'
import { Retry } from '../player/reconnect.ts'
import { microphoneProblem } from '../player/voice.ts'
import { WebRtcSession } from '../player/webrtc-session.ts'
import { givenTracks } from './given-tracks.ts'
import { parseWebRtcQuery } from './webrtc-query.ts'

/** Milliseconds between two connections, at least. */
const RETRY_MS = 15_000

const query = parseWebRtcQuery(location.search)
const video = Object.assign(document.createElement('video'), { controls: true, playsInline: true })
const message = document.createElement('p')
const button = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Start' })
const retry = new Retry(() => connect())
let tracks: readonly MediaStreamTrack[] = []

message.setAttribute('role', 'status')
video.setAttribute('aria-label', query.give.length > 0 && query.receive.length === 0 ? 'What is sent' : 'Live picture')
document.body.append(video, message, button)
button.addEventListener('click', () => void begin())
if (query.stream === '') ask('This page needs the name of a stream in its address: webrtc.html?src=NAME.', false)
else if (query.give.length > 0) ask(`To be sent: ${query.give.join(' and ')}.`, true)
else connect()

function ask(sentence: string, canStart: boolean): void {
  message.textContent = sentence
  button.hidden = !canStart
}

async function begin(): Promise<void> {
  try {
    tracks = await givenTracks(query.give)
  } catch (error) {
    return ask(microphoneProblem(error, query.give.join(' and ')), true)
  }
  connect()
}

function connect(): void {
  retry.connecting()
  ask('Connecting to the camera…', false)
  const socket = new WebSocket(socketAddress(`api/ws?${query.stream}`, document.baseURI))
  let session: WebRtcSession | undefined
  let over = false
  const end = (sentence: string): void => {
    if (over) return
    over = true
    session?.close()
    socket.close()
    ask(sentence, query.give.length > 0)
    retry.schedule(RETRY_MS, 'fruitless')
  }
  socket.addEventListener('open', () => {
    session = offer(socket, end)
  })
  socket.addEventListener('message', ({ data }) => {
    const { type, value } = parseMessage(String(data)) ?? { type: '', value: '' }
    if (type === 'webrtc/answer') void session?.answer(value)
    if (type === 'webrtc/candidate') session?.candidate(value)
    if (type === 'error') end(refusalOf(value).problem.message)
  })
  // A connection that stands goes on without its WebSocket.
  socket.addEventListener('close', () => message.textContent !== '' && end('The server cannot be reached.'))
}

function offer(socket: WebSocket, end: (sentence: string) => void): WebRtcSession {
  const session: WebRtcSession = new WebRtcSession({
    configuration: { bundlePolicy: 'max-bundle', iceServers: [] },
    send: (type, value) => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify({ type, value })),
    receive: query.receive,
    give: tracks,
    listener: {
      agreed: () => {},
      playing: () => void show(session),
      failed: problem => end(problem.message),
    },
  })
  return session
}

async function show(session: WebRtcSession): Promise<void> {
  retry.plays()
  ask('', false)
  video.srcObject = query.receive.length > 0 ? session.stage.srcObject : new MediaStream([...tracks])
  video.muted = query.receive.length === 0
  try {
    await video.play()
  } catch {
    // Sound only after a gesture: the video's own controls have it.
    video.muted = true
    await video.play().catch(() => {})
  }
}
