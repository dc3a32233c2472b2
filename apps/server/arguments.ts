import type { ConfigArgument } from './config/config-texts.ts'

/** What the command line asks for. */
export type Arguments =
  | { readonly kind: 'run'; readonly configs: readonly ConfigArgument[]; readonly dataFolder?: string }
  | { readonly kind: 'version' }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly message: string }

/** What `-h` prints. */
export const usage = `Usage: sightline [flags]

  -c, -config VALUE   a configuration; may be given several times, later ones win:
                        a file          go2rtc.yaml (the first file is linked: changes go both ways)
                        inline YAML     '{api: {listen: ":8080"}}'
                        one key         log.level=debug
                      without it: go2rtc.yaml in the working folder, if it is there
  -data FOLDER        where the databases are kept; default: the folder "data" next to the linked file,
                      or in the working folder
  -v, -version        print the version and exit
  -h, -help           print this and exit

Then open http://localhost:1984
`

const valueFlags: Readonly<Record<string, 'config' | 'data'>> = { c: 'config', config: 'config', data: 'data' }
const plainFlags: Readonly<Record<string, 'version' | 'help'>> = {
  v: 'version',
  version: 'version',
  h: 'help',
  help: 'help',
}

/** Reads a command line as Go's `flag` package does: one dash or two, `-c v` or `-c=v`. Never throws. */
export const parseArguments = (args: readonly string[]): Arguments => {
  const configs: ConfigArgument[] = []
  let dataFolder: string | undefined
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!
    const flag = /^--?([a-z]+)(?:=([\s\S]*))?$/.exec(arg)
    const name = flag?.[1] ?? ''
    if (Object.hasOwn(plainFlags, name)) return { kind: plainFlags[name]! }
    if (!Object.hasOwn(valueFlags, name)) return { kind: 'wrong', message: unknownArgument(arg) }
    const value = flag?.[2] ?? args[++at]
    if (value === undefined) return { kind: 'wrong', message: `flag needs an argument: ${arg}` }
    if (valueFlags[name] === 'data') dataFolder = value
    else if (value !== '') configs.push(configArgument(value))
  }
  return { kind: 'run', configs, ...(dataFolder === undefined ? {} : { dataFolder }) }
}

const unknownArgument = (arg: string): string =>
  arg.startsWith('-') ? `flag provided but not defined: ${arg}` : `unexpected argument: ${arg}`

/** go2rtc: a file whose path has a dot before an equals sign is misread as a key; kept, as its users know it. */
const configArgument = (value: string): ConfigArgument => {
  if (value.startsWith('{')) return { kind: 'inline', text: value }
  const at = value.indexOf('=')
  if (at < 0 || !value.slice(0, at).includes('.')) return { kind: 'file', path: value }
  const keys = value.slice(0, at).split('.')
  const lines = keys.map((key, depth) => `${' '.repeat(depth)}${JSON.stringify(key)}:`)
  return { kind: 'inline', text: `${lines.join('\n')} ${value.slice(at + 1)}` }
}
