import { createSubscriber } from 'svelte/reactivity'

/** Where the person is: the part of the address after `#`, without its query. */
export class HashLocation {
  readonly #listen = createSubscriber(update => {
    window.addEventListener('hashchange', update)
    return () => window.removeEventListener('hashchange', update)
  })

  /** Begins with `/`; `/` when the address names nothing. */
  get path(): string {
    this.#listen()
    const written = window.location.hash.slice(1)
    return written.startsWith('/') ? written : '/'
  }

  /** Goes to a path; the back button returns. */
  go(path: string): void {
    window.location.hash = path
  }

  /** Goes to a path in place of this one; the back button skips it. */
  replace(path: string): void {
    window.location.replace(`#${path}`)
  }
}

/** The page's own address. */
export const location = new HashLocation()
