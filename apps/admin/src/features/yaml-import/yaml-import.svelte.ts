import { importYaml } from '../../api/commands.ts'
import type { ChangeResult, ImportResult } from '../../api/documents.ts'
import { sentenceOf } from '../../api/request.ts'

/** The server takes a request of 1 MiB; quoting makes the text longer on its way. */
const FILE_BYTES_MAX = 800 * 1024

/** Where an import stands. */
export type ImportState =
  | { readonly step: 'closed' }
  | { readonly step: 'reading'; readonly fileName: string }
  | { readonly step: 'refused'; readonly fileName: string; readonly message: string }
  | { readonly step: 'preview'; readonly fileName: string; readonly text: string; readonly result: ImportResult }

/** Brings the streams of a go2rtc.yaml in: first what it would change, then the change. */
export class YamlImport {
  #state = $state.raw<ImportState>({ step: 'closed' })
  #busy = $state(false)
  readonly #announce: (message: string, change: ChangeResult) => void

  constructor(announce: (message: string, change: ChangeResult) => void) {
    this.#announce = announce
  }

  get state(): ImportState {
    return this.#state
  }

  get busy(): boolean {
    return this.#busy
  }

  close(): void {
    this.#state = { step: 'closed' }
  }

  /** Reads a file and shows what it would change. */
  async preview(file: File): Promise<void> {
    const { name: fileName, size } = file
    if (size > FILE_BYTES_MAX) {
      this.#state = { step: 'refused', fileName, message: 'This file is too large for a go2rtc.yaml.' }
      return
    }
    this.#state = { step: 'reading', fileName }
    try {
      const text = await file.text()
      this.#state = { step: 'preview', fileName, text, result: await importYaml(text, { dryRun: true }) }
    } catch (error) {
      this.#state = { step: 'refused', fileName, message: sentenceOf(error) }
    }
  }

  /** Does what was shown. */
  async confirm(): Promise<void> {
    if (this.#state.step !== 'preview' || this.#busy) return
    const { text, fileName } = this.#state
    this.#busy = true
    try {
      const result = await importYaml(text)
      if (result.change.problem !== null) this.#state = { step: 'preview', fileName, text, result }
      else {
        this.close()
        this.#announce(`${fileName} is imported.`, result.change)
      }
    } catch (error) {
      this.#state = { step: 'refused', fileName, message: sentenceOf(error) }
    }
    this.#busy = false
  }
}
