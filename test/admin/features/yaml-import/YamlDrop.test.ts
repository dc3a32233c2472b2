import { cleanup, fireEvent, render, screen } from '@testing-library/svelte'
import { createRawSnippet } from 'svelte'
import { afterEach, expect, test } from 'vitest'
import YamlDrop from '../../../../apps/admin/src/features/yaml-import/YamlDrop.svelte'
import { YamlImport } from '../../../../apps/admin/src/features/yaml-import/yaml-import.svelte.ts'

afterEach(cleanup)

const children = createRawSnippet(() => ({ render: () => '<p>the page</p>' }))
const hint = () => screen.queryByText(/Drop go2rtc.yaml/)

test('a file dropped anywhere in the window is looked at, and the page says so while it hovers', async () => {
  const yaml = new YamlImport(() => {})
  const seen: string[] = []
  yaml.preview = async file => void seen.push(file.name)
  render(YamlDrop, { yaml, children })
  const dataTransfer = { types: ['Files'], files: [new File(['streams:'], 'go2rtc.yaml')] }
  await fireEvent.dragOver(document.body, { dataTransfer })
  expect(hint()).not.toBeNull()
  await fireEvent.drop(document.body, { dataTransfer })
  expect(hint()).toBeNull()
  expect(seen).toEqual(['go2rtc.yaml'])
})

test('text that is dragged over the page is none of its business', async () => {
  const yaml = new YamlImport(() => {})
  render(YamlDrop, { yaml, children })
  await fireEvent.dragOver(document.body, { dataTransfer: { types: ['text/plain'], files: [] } })
  expect(hint()).toBeNull()
})
