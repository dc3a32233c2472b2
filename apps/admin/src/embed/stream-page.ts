import './stream-page.css'
import { VideoStream } from '../player/video-stream.ts'
import { parseStreamQuery, type WantedStream } from './stream-query.ts'

const { streams, media, width, background } = parseStreamQuery(location.search)
const several = streams.length > 1
document.title =
  streams.length === 0 ? 'No stream' : `${[...new Set(streams.map(({ src }) => src))].join(', ')} · Sightline`
document.body.classList.toggle('several', several)
if (streams.length === 0) document.body.append(explanation())
else document.body.append(...streams.map(frame))
if (several) document.body.style.gridTemplateColumns = `repeat(auto-fit, minmax(min(100%, ${width}), 1fr))`

function frame({ src, mode }: WantedStream): HTMLElement {
  const figure = document.createElement('figure')
  const player = new VideoStream()
  player.background = background
  if (mode !== undefined) player.mode = mode
  if (media !== undefined) player.media = media
  player.src = `api/ws?src=${encodeURIComponent(src)}`
  figure.append(player)
  if (several) figure.append(Object.assign(document.createElement('figcaption'), { textContent: src }))
  player.addEventListener('playerchange', () => player.video?.setAttribute('aria-label', `Live picture of ${src}`))
  return figure
}

function explanation(): HTMLElement {
  const paragraph = document.createElement('p')
  paragraph.textContent = 'This page needs the name of a stream in its address: stream.html?src=NAME.'
  return paragraph
}
