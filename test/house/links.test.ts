import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { filesBelow, root, textOf } from './source-files.ts'

/** `## Two words` is reached as `#two-words`. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

const brokenLinksOf = (page: string): string[] => {
  const text = textOf(page).replace(/```[\s\S]*?```/g, '')
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter(target => !/^[a-z]+:/i.test(target))
    .filter(target => {
      const [path = '', anchor] = target.split('#')
      const file = path === '' ? page : join(dirname(page), path)
      if (!existsSync(join(root, file))) return true
      return anchor !== undefined && file.endsWith('.md') && !anchorsOf(textOf(file)).includes(anchor)
    })
    .map(target => `${page} → ${target}`)
}

test('every relative link in a document leads somewhere', () => {
  const pages = filesBelow('').filter(path => path.endsWith('.md'))
  expect(pages).toContain('README.md')
  expect(pages.flatMap(brokenLinksOf)).toEqual([])
})
