import { describe, expect, test } from 'vitest'
import { Lifetime } from '#media/runtime/lifetime.ts'

describe('a lifetime', () => {
  test('lets go of what it holds, newest first, once', () => {
    const lifetime = new Lifetime()
    const order: string[] = []
    for (const name of ['first', 'second']) lifetime.own({ [Symbol.dispose]: () => void order.push(name) })
    lifetime.close()
    lifetime.close()
    expect(order).toEqual(['second', 'first'])
  })

  test('tells the first reason it was given', async () => {
    const lifetime = new Lifetime()
    lifetime.close({ code: 'silent', message: 'no data' })
    lifetime.close({ code: 'other', message: 'too late' })
    expect(await lifetime.closed).toEqual({ code: 'silent', message: 'no data' })
  })

  test('lets go at once of what arrives after its end', () => {
    const lifetime = new Lifetime()
    lifetime.close()
    let ended = 0
    lifetime.own({ [Symbol.dispose]: () => void ended++ })
    lifetime.defer(() => void ended++)
    expect(ended).toBe(2)
    expect(lifetime.ended).toBe(true)
  })

  test('gives up what is in flight', () => {
    const lifetime = new Lifetime()
    const { signal } = lifetime
    lifetime.close()
    expect(signal.aborted).toBe(true)
  })
})
