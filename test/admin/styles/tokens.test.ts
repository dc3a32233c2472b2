// @vitest-environment node
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

/** WCAG 2.2 §1.4.3 and §1.4.11. */
const TEXT_CONTRAST_MIN = 4.5
const CONTROL_CONTRAST_MIN = 3

const css = readFileSync('apps/admin/src/styles/tokens.css', 'utf8')
const light = colours(/:root \{([^}]*)\}/)
const dark = { ...light, ...colours(/:root\[data-theme="dark"\] \{([^}]*)\}/) }

function colours(block: RegExp): Readonly<Record<string, string>> {
  const body = block.exec(css)?.[1] ?? ''
  return Object.fromEntries([...body.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(match => [match[1], match[2]]))
}

/** WCAG 2.2, relative luminance. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map(at => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map(part => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

describe.each([
  ['light', light],
  ['dark', dark],
])('in the %s theme', (_theme, colour) => {
  const of = (name: string): string => colour[name] ?? expect.fail(`no colour ${name}`)

  test.each(['text', 'muted', 'accent', 'live', 'warn', 'fail'])('%s can be read on every surface', name => {
    for (const surface of ['ground', 'surface', 'raised', 'sunken']) {
      expect(contrast(of(name), of(surface)), `${name} on ${surface}`).toBeGreaterThanOrEqual(TEXT_CONTRAST_MIN)
    }
  })

  test.each([
    ['accent-ink', 'accent-fill'],
    ['accent', 'accent-wash'],
    ['text', 'warn-wash'],
    ['muted', 'warn-wash'],
    ['warn', 'warn-wash'],
    ['text', 'fail-wash'],
    ['muted', 'fail-wash'],
    ['fail', 'fail-wash'],
  ])('%s can be read on %s', (name, surface) => {
    expect(contrast(of(name), of(surface))).toBeGreaterThanOrEqual(TEXT_CONTRAST_MIN)
  })

  test('the edge of a field can be seen', () => {
    for (const surface of ['ground', 'surface', 'raised']) {
      expect(contrast(of('line-strong'), of(surface)), surface).toBeGreaterThanOrEqual(CONTROL_CONTRAST_MIN)
    }
  })
})
