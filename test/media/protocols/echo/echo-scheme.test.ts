import { afterAll, describe, expect, test } from 'vitest'
import { echoScheme } from '#media/protocols/echo/echo-scheme.ts'
import { SchemeRegistry } from '#media/streams/scheme-registry.ts'
import { parseSourceUrl, SourceNotSupportedError } from '#media/streams/source-url.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { realSpawner } from '#test/helpers/real-spawner.ts'
import { h264, ScriptedScheme } from '#test/helpers/scripted-source.ts'

const spawner = realSpawner()
afterAll(() => spawner[Symbol.asyncDispose]())

const resolve = (source: string, allowPaths?: readonly string[]) =>
  echoScheme({ spawner, allowPaths }).resolve(parseSourceUrl(source), dialContext())

describe('a program that says where the media is', () => {
  test.each([
    ['echo:echo rtsp://h/x', 'rtsp://h/x'],
    ['echo:printf "  rtsp://h/x#timeout=5 \\n\\n"', 'rtsp://h/x#timeout=5'],
    [`echo:sh -c 'echo exec:cat "$0" #a' /x`, 'exec:cat /x'],
  ])('is believed: %s', async (source, answer) => {
    expect(await resolve(source)).toBe(answer)
  })

  test.each([
    ['echo:sh -c "echo rtsp://u:secret@h fails >&2; exit 3"', 'program_failed', 'rtsp://u:***@h fails'],
    ['echo:true', 'program_failed', 'echo: true says nothing'],
    ['echo:echo nothing', 'malformed_source', 'has no scheme'],
    ['echo:yes', 'limit', '16384'],
    ['echo:no-such-program', 'program_not_found', 'no-such-program'],
    ['echo:echo "', 'malformed_source', 'not closed'],
  ])('is not: %s', async (source, code, message) => {
    await expect(resolve(source)).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
  })

  test('is run when it may be', async () => {
    await expect(resolve('echo:echo rtsp://h', ['printf'])).rejects.toMatchObject({
      code: 'program_not_allowed',
      message: 'echo: bin not in allow_paths: echo',
    })
    expect(await resolve('echo:echo rtsp://h', ['echo'])).toBe('rtsp://h')
  })

  test('is asked at each dial', async () => {
    const scripted = new ScriptedScheme()
    scripted.answer('scripted:a', [h264])
    const schemes = new SchemeRegistry([echoScheme({ spawner, allowPaths: undefined }), scripted])
    const source = schemes.check('echo:echo scripted:a', 'configuration')
    for (const dial of [1, 2]) {
      const producer = await schemes.dial(source, dialContext())
      expect(scripted.dials).toHaveLength(dial)
      producer.close()
    }
    expect(() => schemes.check('echo: ', 'configuration')).toThrow(SourceNotSupportedError)
  })
})
