import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseArguments, usage } from '#server/arguments.ts'

const configs = (...args: string[]) => {
  const asked = parseArguments(args)
  return asked.kind === 'run' ? asked.configs : asked
}

describe('the command line', () => {
  test.each([
    { args: [], asked: { kind: 'run', configs: [] } },
    { args: ['-v'], asked: { kind: 'version' } },
    { args: ['--version'], asked: { kind: 'version' } },
    { args: ['-version'], asked: { kind: 'version' } },
    { args: ['-h'], asked: { kind: 'help' } },
    { args: ['--help'], asked: { kind: 'help' } },
    { args: ['--data', '/d'], asked: { kind: 'run', configs: [], dataFolder: '/d' } },
    { args: ['-data=/d'], asked: { kind: 'run', configs: [], dataFolder: '/d' } },
    { args: ['-x'], asked: { kind: 'wrong', message: 'flag provided but not defined: -x' } },
    { args: ['-constructor'], asked: { kind: 'wrong', message: 'flag provided but not defined: -constructor' } },
    { args: ['file.yaml'], asked: { kind: 'wrong', message: 'unexpected argument: file.yaml' } },
    { args: ['-c'], asked: { kind: 'wrong', message: 'flag needs an argument: -c' } },
  ])('$args', ({ args, asked }) => {
    expect(parseArguments(args)).toEqual(asked)
  })

  test.each([['-c', 'a.yaml'], ['-config', 'a.yaml'], ['--config', 'a.yaml'], ['-c=a.yaml'], ['--config=a.yaml']])(
    'takes a file in every way Go does: %s %s',
    (...args) => {
      expect(configs(...args.filter(arg => arg !== undefined))).toEqual([{ kind: 'file', path: 'a.yaml' }])
    },
  )

  test('takes several configurations in their order, and skips empty ones', () => {
    expect(configs('-c', 'a.yaml', '-c', '', '-c', '{log: {level: trace}}')).toEqual([
      { kind: 'file', path: 'a.yaml' },
      { kind: 'inline', text: '{log: {level: trace}}' },
    ])
  })

  test.each([
    ['log.level=trace', { log: { level: 'trace' } }],
    ['api.listen=:8080', { api: { listen: ':8080' } }],
    ['a.b.c=1', { a: { b: { c: 1 } } }],
    ['api.listen=', { api: { listen: null } }],
    ['api.allow_hosts=[a, b]', { api: { allow_hosts: ['a', 'b'] } }],
  ])('%s is one key', (text, value) => {
    const [config] = configs('-c', text) as readonly { kind: string; text: string }[]
    expect(config?.kind).toBe('inline')
    expect(parse(config!.text)).toEqual(value)
  })

  test('a name with an equals sign and no dot before it is a file', () => {
    expect(configs('-c', 'a=b.yaml')).toEqual([{ kind: 'file', path: 'a=b.yaml' }])
  })

  test('whatever is given, something is answered', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom('-c', '--data', '-v', '-c='))), args => {
        expect(['run', 'version', 'help', 'wrong']).toContain(parseArguments(args).kind)
      }),
    )
  })

  test('the help names every flag', () => {
    for (const flag of ['-config', '-data', '-version', '-help']) expect(usage).toContain(flag)
  })
})
