/** Long enough to read a sentence and reach the button. */
const SHOWN_MS = 9000

/** More than this many and the oldest gives way. */
const TOASTS_MAX = 4

/** A remark that goes away by itself. */
export interface Toast {
  readonly id: number
  readonly message: string
  readonly bad: boolean
  readonly action: ToastAction | undefined
}

/** The one thing that can be done about a remark. */
export interface ToastAction {
  readonly word: string
  run(): void
}

/** Remarks on what was just done. */
export class Toasts {
  #shown = $state.raw<readonly Toast[]>([])
  #lastId = 0
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>()

  get shown(): readonly Toast[] {
    return this.#shown
  }

  /** Tells what was done, with a way back where there is one. */
  tell(message: string, action?: ToastAction | undefined): void {
    this.#show({ id: ++this.#lastId, message, bad: false, action })
  }

  /** Tells what did not work. */
  complain(message: string, action?: ToastAction): void {
    this.#show({ id: ++this.#lastId, message, bad: true, action })
  }

  dismiss(id: number): void {
    clearTimeout(this.#timers.get(id))
    this.#timers.delete(id)
    this.#shown = this.#shown.filter(toast => toast.id !== id)
  }

  /** Keeps a remark while the person is reading it. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id))
  }

  /** Lets a held remark go after its time. */
  release(id: number): void {
    this.hold(id)
    this.#timers.set(
      id,
      setTimeout(() => this.dismiss(id), SHOWN_MS),
    )
  }

  #show(toast: Toast): void {
    for (const old of this.#shown.slice(0, Math.max(0, this.#shown.length - TOASTS_MAX + 1))) this.dismiss(old.id)
    this.#shown = [...this.#shown, toast]
    this.release(toast.id)
  }
}

/** The page's remarks. */
export const toasts = new Toasts()
