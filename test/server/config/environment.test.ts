// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables in a go2rtc.yaml look like this.
import { expect, test } from 'vitest'
import { type Environment, resolveVariables, variablesIn } from '#server/config/environment.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'

const environment: Environment = {
  configured: new Map([['PW', 'configured']]),
  system: { PW: 'system', HOME_NET: '10.0.0.1', EMPTY: '' },
}

const rows = [
  {
    name: 'the configuration goes before the system',
    text: 'a:${PW}@b',
    resolved: 'a:configured@b',
    secrets: ['configured'],
  },
  { name: 'the system is asked next', text: '${HOME_NET}', resolved: '10.0.0.1', secrets: ['10.0.0.1'] },
  { name: 'a default is the last resort', text: '${NONE:x:y}', resolved: 'x:y', secrets: [] },
  { name: 'a default may be empty', text: '[${NONE:}]', resolved: '[]', secrets: [] },
  { name: 'an empty value is a value', text: '[${EMPTY:x}]', resolved: '[]', secrets: [''] },
  { name: 'what nobody knows stays as written', text: '${NONE}', resolved: '${NONE}', secrets: [] },
  { name: 'values are not resolved again', text: '${A}', resolved: '${PW}', secrets: ['${PW}'], more: { A: '${PW}' } },
  { name: 'a name from an object is not a variable', text: '${constructor}', resolved: '${constructor}', secrets: [] },
  { name: 'nothing between braces is no variable', text: '${}', resolved: '${}', secrets: [] },
]

test.for(rows)('$name', ({ text, resolved, secrets, more = {} }) => {
  const system = { ...environment.system, ...more }
  expect(resolveVariables(text, { ...environment, system })).toEqual({ text: resolved, secrets })
})

test('a file in the folder of credentials goes before the system, without its line break', () => {
  using folder = new TemporaryFolder()
  folder.write('HOME_NET', 'from a file\n')
  const system = { ...environment.system, CREDENTIALS_DIRECTORY: folder.path }
  expect(resolveVariables('${HOME_NET} ${PW}', { ...environment, system }).text).toBe('from a file configured')
})

test('a variable is no way out of the folder of credentials', () => {
  using folder = new TemporaryFolder()
  folder.write('secret', 'x')
  const system = { CREDENTIALS_DIRECTORY: folder.at('inner') }
  expect(resolveVariables('${../secret} ${..}', { configured: new Map(), system }).text).toBe('${../secret} ${..}')
})

test('the names of variables are found', () => {
  expect(variablesIn('rtsp://${USER}:${PW:x}@h/${USER}')).toEqual(['USER', 'PW', 'USER'])
})
