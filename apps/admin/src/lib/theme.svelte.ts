import { readStored, writeStored } from './stored.ts'

/** What the person chose; `system` follows the operating system, also when it changes. */
export type ThemeChoice = 'system' | 'light' | 'dark'

const KEY = 'sightline.theme'
const CHOICES: readonly ThemeChoice[] = ['system', 'light', 'dark']

/** Light or dark: keeps the choice and writes it on the document's root. */
export class Theme {
  #choice = $state<ThemeChoice>(stored())
  readonly #systemIsDark = window.matchMedia('(prefers-color-scheme: dark)')

  constructor() {
    this.#systemIsDark.addEventListener('change', () => this.#apply())
    this.#apply()
  }

  get choice(): ThemeChoice {
    return this.#choice
  }

  set choice(choice: ThemeChoice) {
    this.#choice = choice
    writeStored(KEY, choice)
    this.#apply()
  }

  #apply(): void {
    const dark = this.#choice === 'dark' || (this.#choice === 'system' && this.#systemIsDark.matches)
    document.documentElement.dataset['theme'] = dark ? 'dark' : 'light'
  }
}

function stored(): ThemeChoice {
  const value = readStored(KEY)
  return CHOICES.find(choice => choice === value) ?? 'system'
}
