import type { Producer } from '../core/producer.ts'
import type { DialContext, DialingScheme, Scheme, SourceOrigin } from './scheme.ts'
import { parseSourceUrl, SourceNotSupportedError, type SourceUrl, schemeOf } from './source-url.ts'

/** How often a source may resolve to another one: ffmpeg of echo of a template is 3. */
const RESOLVE_COUNT_MAX = 5

/** Every scheme by its names. Two schemes of one name are a programmer's mistake. */
export class SchemeRegistry {
  readonly #schemes = new Map<string, Scheme>()

  constructor(schemes: readonly Scheme[]) {
    for (const scheme of schemes) {
      for (const name of scheme.names) {
        if (this.#schemes.has(name)) throw new TypeError(`two schemes are called ${name}`)
        this.#schemes.set(name, scheme)
      }
    }
  }

  /** In the order they were given. */
  get names(): readonly string[] {
    return [...this.#schemes.keys()]
  }

  /** Checks a source as written. Throws `SourceNotSupportedError` with a sentence that names what would work. */
  check(source: string, origin: SourceOrigin, within?: string): SourceUrl {
    const url = parseSourceUrl(source)
    const scheme = this.#find(url)
    if (scheme.trustedOnly && origin === 'request')
      throw new SourceNotSupportedError(
        'insecure_source',
        `${schemeOf(url)}: sources reach into this machine: they can be set in the configuration file only`,
      )
    scheme.check(url, origin, within)
    return url
  }

  /** Dials a source, following schemes that only know where it is. Rejects with a `MediaError`. */
  async dial(source: SourceUrl, context: DialContext): Promise<Producer> {
    if (source.includes('{input}'))
      throw new SourceNotSupportedError('malformed_source', 'the source is a template: it waits for its {input}')
    let url = source
    for (let count = 0; count < RESOLVE_COUNT_MAX; count++) {
      const scheme = this.#find(url)
      if (scheme.kind === 'dial') return (scheme satisfies DialingScheme).dial(url, context)
      url = await scheme.resolve(url, context)
    }
    throw new SourceNotSupportedError(
      'malformed_source',
      `the source leads on and on: more than ${RESOLVE_COUNT_MAX} times`,
    )
  }

  #find(url: SourceUrl): Scheme {
    const name = schemeOf(url) ?? ''
    const scheme = this.#schemes.get(name)
    if (scheme === undefined)
      throw new SourceNotSupportedError(
        'unsupported_scheme',
        `nothing here can open ${name}: sources; these work: ${this.names.join(', ')}`,
      )
    return scheme
  }
}
