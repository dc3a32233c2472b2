import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type GoValue, goJson } from '#server/rest/go2rtc-json.ts'

describe('JSON as Go writes it', () => {
  test.each([
    { name: 'ends with a line break', value: {}, text: '{}\n' },
    { name: 'keeps the order of structs', value: { b: 1, a: 2 }, text: '{"b":1,"a":2}\n' },
    {
      name: 'sorts maps by their bytes',
      value: new Map([
        ['é', 1],
        ['b', 2],
        ['B', 3],
      ]),
      text: '{"B":3,"b":2,"é":1}\n',
    },
    { name: 'leaves out what is not there', value: { a: undefined, b: null }, text: '{"b":null}\n' },
    { name: 'escapes what HTML would take', value: '<a&b>\u2028', text: '"\\u003ca\\u0026b\\u003e\\u2028"\n' },
    { name: 'leaves slashes alone', value: 'rtsp://a/b', text: '"rtsp://a/b"\n' },
    { name: 'has no half characters', value: '\ud800', text: '"\ufffd"\n' },
    { name: 'keeps every name of a map', value: new Map([['__proto__', 1]]), text: '{"__proto__":1}\n' },
  ] as { name: string; value: GoValue; text: string }[])('$name', ({ value, text }) => {
    expect(goJson(value)).toBe(text)
  })

  test('is laid out for people with two spaces', () => {
    expect(goJson({ a: [1, { b: 2 }], c: [], d: {} }, 'pretty')).toBe(
      '{\n  "a": [\n    1,\n    {\n      "b": 2\n    }\n  ],\n  "c": [],\n  "d": {}\n}\n',
    )
  })

  test('parses to what it was made of', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        const well = JSON.parse(JSON.stringify(value).toWellFormed()) as GoValue
        expect(JSON.parse(goJson(well))).toEqual(JSON.parse(JSON.stringify(well)))
        expect(JSON.parse(goJson(well, 'pretty'))).toEqual(JSON.parse(JSON.stringify(well)))
      }),
    )
  })
})
