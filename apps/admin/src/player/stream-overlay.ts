import { attemptInWords } from './attempts.ts'
import type { PlayerElement } from './player-element.ts'
import { statusSentence, statusWord } from './player-status.ts'
import { statisticsInWords } from './statistics-words.ts'
import { TalkButton } from './talk-button.ts'

/** Milliseconds between two readings of the statistics, while they are open. */
const STATISTICS_MS = 1_000

/** A player that can begin anew. */
interface RetryingPlayer extends PlayerElement {
  readonly media: string
  retry(): void
}

/** What stands over the picture of `<video-stream>`: a badge, a sentence when there is no picture, and on demand why. */
export class StreamOverlay {
  readonly #player: RetryingPlayer
  readonly #message = element('div', 'sightline-message')
  readonly #sentence = element('p', '')
  readonly #remedy = element('p', '')
  readonly #act = element('button', '')
  readonly #badge = element('button', 'mode')
  readonly #why = element('div', 'sightline-why')
  readonly #attempts = element('ul', '')
  readonly #numbers = element('dl', '')
  readonly #talk: TalkButton
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(player: RetryingPlayer) {
    this.#player = player
    this.#talk = new TalkButton(player)
    const bar = element('div', 'sightline-bar')
    Object.assign(this.#act, { type: 'button', onclick: () => this.#acted() })
    Object.assign(this.#badge, {
      type: 'button',
      title: 'Protocol, reasons and statistics',
      onclick: () => this.#toggle(),
    })
    this.#badge.setAttribute('aria-expanded', 'false')
    this.#message.setAttribute('role', 'status')
    this.#attempts.setAttribute('aria-label', 'Ways that were tried')
    this.#numbers.setAttribute('aria-label', 'Statistics')
    this.#why.hidden = true
    this.#why.append(this.#attempts, this.#numbers)
    this.#message.append(this.#sentence, this.#remedy, this.#act)
    bar.append(this.#talk.element, this.#badge)
    player.append(this.#message, this.#why, bar)
  }

  /** Shows what is so now. */
  update(): void {
    const { playerStatus: status, tapNeeded, attempts, media, video, voice } = this.#player
    const problem = status.state === 'failed' || status.state === 'reconnecting' ? status.problem : undefined
    const sentence = statusSentence(status)
    // Single pictures have nothing to seek in or to turn up.
    const film = status.state === 'playing' && !['mjpeg', 'mp4'].includes(status.way)
    if (video !== null && video.controls !== film) video.controls = film
    this.#badge.textContent = statusWord(status)
    this.#badge.setAttribute('aria-label', `Protocol: ${statusWord(status)}. Reasons and statistics`)
    this.#message.hidden = sentence === '' && !tapNeeded
    write(this.#sentence, sentence)
    write(this.#remedy, problem?.remedy ?? '')
    this.#act.textContent = tapNeeded ? 'Play' : 'Try again'
    this.#act.hidden = problem === undefined && !tapNeeded
    const reasons = attempts.map(attemptInWords)
    if (voice.state === 'unable') reasons.push(voice.problem)
    this.#attempts.replaceChildren(...reasons.map(reason => element('li', '', reason)))
    this.#talk.update(media.includes('microphone'))
  }

  /** The element leaves the page. */
  rest(): void {
    clearInterval(this.#timer)
    this.#talk.rest()
  }

  #acted(): void {
    if (this.#player.tapNeeded) this.#player.play()
    else this.#player.retry()
  }

  #toggle(): void {
    const open = this.#why.hidden
    this.#why.hidden = !open
    this.#badge.setAttribute('aria-expanded', String(open))
    clearInterval(this.#timer)
    if (!open) return
    void this.#measure()
    this.#timer = setInterval(() => void this.#measure(), STATISTICS_MS)
  }

  async #measure(): Promise<void> {
    const statistics = await this.#player.statistics()
    const rows = statistics === undefined ? [] : statisticsInWords(statistics)
    this.#numbers.replaceChildren(
      ...rows.flatMap(([name, value]) => [element('dt', '', name), element('dd', '', value)]),
    )
  }
}

/** A sentence that did not change is not read out again. */
function write(paragraph: HTMLElement, text: string): void {
  if (paragraph.textContent !== text) paragraph.textContent = text
  paragraph.hidden = text === ''
}

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  text = '',
): HTMLElementTagNameMap[Name] {
  return Object.assign(document.createElement(name), { className, textContent: text })
}
