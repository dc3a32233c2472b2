import { execFileSync } from 'node:child_process'
import { root } from './source-files.ts'

/** One file and the files it imports. */
export interface CruisedModule {
  readonly source: string
  readonly dependencies: readonly { readonly resolved: string }[]
}

/** What dependency-cruiser saw, and what it objects to. */
export interface CruiseReport {
  readonly modules: readonly CruisedModule[]
  readonly summary: {
    readonly violations: readonly {
      readonly rule: { readonly name: string }
      readonly from: string
      readonly to: string
    }[]
  }
}

/** Bytes of report that are read: some hundred files need two million. */
const REPORT_BYTES_MAX = 256 * 1024 * 1024

/** Follows every import below src and apps, by the rules of `.dependency-cruiser.cjs`. */
export const cruise = (): CruiseReport => {
  const program = `${root}node_modules/dependency-cruiser/bin/dependency-cruise.mjs`
  const parameters = [program, 'src', 'apps', '--config', '.dependency-cruiser.cjs', '--output-type', 'json']
  return JSON.parse(
    execFileSync(process.execPath, parameters, { cwd: root, encoding: 'utf8', maxBuffer: REPORT_BYTES_MAX }),
  )
}
