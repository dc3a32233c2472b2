import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder that goes when it is disposed, with everything in it. */
export class TemporaryFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'sightline-'))

  /** The path of something in it. */
  at(name: string): string {
    return join(this.path, name)
  }

  write(name: string, text: string | Buffer): string {
    writeFileSync(this.at(name), text)
    return this.at(name)
  }

  read(name: string): string {
    return readFileSync(this.at(name), 'utf8')
  }

  /** Every byte of every file in it, by name. */
  contents(): ReadonlyMap<string, Buffer> {
    const files = readdirSync(this.path, { recursive: true, encoding: 'utf8' })
    return new Map(
      files.filter(name => statSync(this.at(name)).isFile()).map(name => [name, readFileSync(this.at(name))]),
    )
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}
