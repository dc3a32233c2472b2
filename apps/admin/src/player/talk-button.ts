import type { PlayerElement } from './player-element.ts'

/** Keys that press a button. */
const KEYS: ReadonlySet<string> = new Set([' ', 'Enter'])

/** Holds a button down, by pointer or by key, as push to talk wants it. Answers how to let go of the button. */
export function whileHeld(button: HTMLElement, pressed: () => void, released: () => void): () => void {
  const end = new AbortController()
  const { signal } = end
  button.addEventListener(
    'pointerdown',
    event => {
      // The finger may slide off the button.
      if (event.isTrusted) button.setPointerCapture(event.pointerId)
      pressed()
    },
    { signal },
  )
  for (const type of ['pointerup', 'pointercancel', 'lostpointercapture', 'blur'] as const)
    button.addEventListener(type, () => released(), { signal })
  button.addEventListener('contextmenu', event => event.preventDefault(), { signal })
  button.addEventListener(
    'keydown',
    event => {
      if (!KEYS.has(event.key)) return
      event.preventDefault()
      if (!event.repeat) pressed()
    },
    { signal },
  )
  button.addEventListener('keyup', event => KEYS.has(event.key) && released(), { signal })
  return () => end.abort()
}

/** Push to talk, with a meter of how loud it is, and the reason where it cannot be. */
export class TalkButton {
  readonly element = document.createElement('button')
  readonly #player: PlayerElement
  readonly #word = document.createElement('span')
  readonly #meter = document.createElement('meter')
  #frame = 0

  constructor(player: PlayerElement) {
    this.#player = player
    this.element.type = 'button'
    this.#word.setAttribute('aria-live', 'polite')
    Object.assign(this.#meter, { min: 0, max: 1, hidden: true, ariaLabel: 'Microphone level' })
    this.element.append(this.#word, this.#meter)
    whileHeld(
      this.element,
      () => void player.startTalking(),
      () => player.stopTalking(),
    )
  }

  /** Shows what is so now; `wanted` is whether anybody asked for a microphone. */
  update(wanted: boolean): void {
    const { voice } = this.#player
    const talking = voice.state === 'talking'
    this.element.hidden = !wanted
    this.element.setAttribute('aria-pressed', String(talking))
    const words = {
      off: 'Talk',
      ready: 'Hold to talk',
      asking: 'Allow the microphone',
      talking: 'Talking',
      unable: 'No voice',
    }
    if (this.#word.textContent !== words[voice.state]) this.#word.textContent = words[voice.state]
    this.element.title = voice.state === 'unable' ? voice.problem : 'Hold, and speak'
    this.#meter.hidden = !talking
    if (talking && this.#frame === 0) this.#draw()
  }

  /** The element leaves the page. */
  rest(): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    this.#player.stopTalking()
  }

  #draw(): void {
    this.#meter.value = this.#player.voiceLevel
    this.#frame = this.#player.voice.state === 'talking' ? requestAnimationFrame(() => this.#draw()) : 0
  }
}
