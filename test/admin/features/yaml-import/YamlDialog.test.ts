import { cleanup, fireEvent, render, screen } from '@testing-library/svelte'
import { afterEach, beforeAll, expect, test } from 'vitest'
import YamlDialog from '../../../../apps/admin/src/features/yaml-import/YamlDialog.svelte'
import { YamlImport } from '../../../../apps/admin/src/features/yaml-import/yaml-import.svelte.ts'
import { startGraphqlServer, unchanged } from '../../graphql-server.ts'

beforeAll(() => {
  // The simulated browser has the element, not its behaviour.
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
    this.open = true
  }
  HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
    this.open = false
  }
})
afterEach(cleanup)

const nothing = { added: [], changed: [], unchanged: [], notes: [], change: unchanged }
const file = (text: string) => new File([text], 'go2rtc.yaml')

function open() {
  const announced: string[] = []
  const yaml = new YamlImport(message => announced.push(message))
  render(YamlDialog, { yaml })
  return { yaml, announced }
}

test('first what it would change, then the change', async () => {
  const asked: unknown[] = []
  await using _server = await startGraphqlServer({
    importYaml: ({ text, dryRun }) => {
      asked.push([text, dryRun])
      return {
        ...nothing,
        added: ['attic', 'cellar'],
        changed: ['porch'],
        unchanged: ['garage'],
        notes: [{ line: 2, column: 1, message: 'webrtc is not used yet' }],
        change: { ...unchanged, viewersEnded: 2 },
      }
    },
  })
  const { yaml, announced } = open()
  await yaml.preview(file('streams:\nwebrtc:\n'))
  await screen.findByText('attic, cellar')
  screen.getByText('porch')
  screen.getByText('Line 2, column 1')
  screen.getByText('webrtc is not used yet')
  screen.getByText('2 viewers would lose the picture and have to connect again.')
  await fireEvent.click(screen.getByRole('button', { name: 'Import 3 streams', hidden: true }))
  await expect.poll(() => announced).toEqual(['go2rtc.yaml is imported.'])
  expect(asked).toEqual([
    ['streams:\nwebrtc:\n', true],
    ['streams:\nwebrtc:\n', false],
  ])
  expect(yaml.state.step).toBe('closed')
})

test('a file that is wrong says where, and cannot be imported', async () => {
  await using _server = await startGraphqlServer({
    importYaml: () => ({
      ...nothing,
      notes: [{ line: 2, column: 3, message: 'a value is missing' }],
      change: { ...unchanged, problem: { code: 'yaml_invalid', message: 'this is not YAML', remedy: null } },
    }),
  })
  const { yaml } = open()
  await yaml.preview(file('streams:\n  : x\n'))
  await screen.findByText('This is not YAML.')
  screen.getByText('Line 2, column 3')
  expect(document.querySelector('pre')?.textContent).toBe('  : x\n  ^')
  expect(screen.queryByRole('button', { name: /^Import/, hidden: true })).toBeNull()
})

test('a file that says what already is has nothing to import', async () => {
  await using _server = await startGraphqlServer({ importYaml: () => ({ ...nothing, unchanged: ['a', 'b'] }) })
  const { yaml } = open()
  await yaml.preview(file('streams:'))
  await screen.findByText('Nothing would change: all 2 streams are already as in the file.')
  expect(screen.queryByRole('button', { name: /^Import/, hidden: true })).toBeNull()
})

test('a file that cannot be a configuration is not even sent', async () => {
  const { yaml } = open()
  await yaml.preview(file('x'.repeat(900 * 1024)))
  await screen.findByText('This file is too large for a go2rtc.yaml.')
})
