import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ConfigText, readSettings } from '#server/config/settings.ts'

const file = (text: string): ConfigText => ({ name: 'go2rtc.yaml', text, isFile: true })
const inline = (text: string): ConfigText => ({ name: 'the command line', text, isFile: false })
const read = (texts: readonly ConfigText[], system: Record<string, string> = {}) => readSettings(texts, system)

/** `${name}`, as a file writes a variable. */
const variable = (name: string): string => `\u0024{${name}}`

describe('settings', () => {
  test('are go2rtc’s defaults where nothing is said', () => {
    expect(read([])).toEqual({
      settings: {
        api: {
          listen: ':1984',
          unixListen: '',
          username: '',
          password: '',
          localAuth: false,
          origin: '',
          allowHosts: [],
        },
        rtsp: {
          ...{ listen: ':8554', username: '', password: '', defaultQuery: 'video&audio' },
          ...{ packetBytesMax: 0, udp: false },
        },
        programs: { ffmpeg: {}, ffmpegLogLevel: 'error', execAllowPaths: undefined, echoAllowPaths: undefined },
        webrtc: {
          ...{ listen: ':8555', candidates: [], filters: {} },
          iceServers: [{ urls: ['stun:stun.cloudflare.com:3478', 'stun:stun.l.google.com:19302'] }],
        },
        sources: { lingerSeconds: 0 },
        log: { level: 'info', modules: new Map() },
      },
      env: new Map(),
      problems: [],
    })
  })

  test('say how programs run and how long sources are kept', () => {
    const text = [
      'ffmpeg: {bin: /opt/ffmpeg, my/h264: "-c:v libx264"}',
      'exec: {allow_paths: [ffmpeg]}',
      'echo: {allow_paths: []}',
      'sources: {linger: 10}',
      'rtsp: {pkt_size: 1200, udp: true}',
      'log: {ffmpeg: warn}',
    ]
    const { settings, problems } = read([file(text.join('\n'))])
    expect(problems).toEqual([])
    expect(settings).toMatchObject({
      rtsp: { packetBytesMax: 1200, udp: true },
      programs: {
        ffmpeg: { bin: '/opt/ffmpeg', 'my/h264': '-c:v libx264' },
        ffmpegLogLevel: 'warn',
        execAllowPaths: ['ffmpeg'],
        echoAllowPaths: [],
      },
      sources: { lingerSeconds: 10 },
    })
  })

  test.each(['-1', '1e3', '70000', 'much'])('are told where a number is none: %s', value => {
    const { settings, problems } = read([file(`rtsp: {pkt_size: ${value}}`)])
    expect(settings.rtsp.packetBytesMax).toBe(0)
    expect(problems).toMatchObject([{ source: 'rtsp.pkt_size' }])
  })

  test('are taken as they are written: no number, no truth value, no null', () => {
    const { api } = read([file('api:\n  username: 0123\n  password: 1e5\n  listen: ""\n  origin: yes\n')]).settings
    expect(api).toMatchObject({ username: '0123', password: '1e5', listen: '', origin: 'yes' })
  })

  test('of later texts win, key by key', () => {
    const { api, log } = read([
      file('api: {listen: ":1", username: u}\nlog: {level: warn, rtsp: debug}\n'),
      inline('{api: {listen: ":2"}, log: {rtsp: trace}}'),
    ]).settings
    expect(api).toMatchObject({ listen: ':2', username: 'u' })
    expect(log).toEqual({ level: 'warn', modules: new Map([['rtsp', 'trace']]) })
  })

  test('resolve variables in files, from the file’s own env first, and not on the command line', () => {
    const text = `env: {NAME: own}\napi:\n  username: ${variable('NAME')}\n  password: ${variable('PASS')}\n  origin: ${variable('NONE:fallback')}\n`
    const { api } = read([file(text), inline(`{rtsp: {username: "${variable('PASS')}"}}`)], {
      PASS: 'os',
      NAME: 'os',
    }).settings
    expect(api).toMatchObject({ username: 'own', password: 'os', origin: 'fallback' })
    expect(read([inline(`rtsp: {username: "${variable('PASS')}"}`)], { PASS: 'os' }).settings.rtsp.username).toBe(
      variable('PASS'),
    )
  })

  test('follow anchors and merge keys', () => {
    const { rtsp } = read([file('x: &u {username: a, password: b}\nrtsp:\n  <<: *u\n  password: c\n')]).settings
    expect(rtsp).toMatchObject({ username: 'a', password: 'c' })
  })

  test('of a text that is not YAML are left out, and line and column are told', () => {
    const { settings, problems } = read([file('api:\n  listen: [\n'), inline('{api: {username: u}}')])
    expect(settings.api).toMatchObject({ listen: ':1984', username: 'u' })
    expect(problems).toEqual([expect.objectContaining({ source: 'go2rtc.yaml', line: expect.any(Number) })])
  })

  test.each([
    ['a key that is there twice', 'api:\n  listen: a\n  listen: b\n', 3, 'this key is there twice'],
    ['a tab', 'api:\n\tlisten: a\n', 2, 'tab'],
  ])('tell of %s in words', (_name, text, line, words) => {
    const [problem] = read([file(text)]).problems
    expect(problem).toMatchObject({ line })
    expect(problem?.message).toContain(words)
  })

  test.each([
    ['api: {listen: [a]}', 'api.listen'],
    ['log: {level: loud}', 'log.level'],
    ['api: {allow_hosts: {a: b}}', 'api.allow_hosts'],
  ])('of the wrong shape are replaced by their default: %s', (text, source) => {
    const { settings, problems } = read([file(text)])
    expect(settings.log.level).toBe('info')
    expect(settings.api.listen).toBe(':1984')
    expect(problems.map(problem => problem.source)).toEqual([source])
  })

  test('a bomb of anchors is a problem and not an end', () => {
    const levels = Array.from(
      { length: 9 },
      (_, at) => `a${at + 1}: &a${at + 1} [${Array(9).fill(`*a${at}`).join(', ')}]`,
    )
    const { problems } = read([file(`a0: &a0 [x]\n${levels.join('\n')}\n`)])
    expect(problems).toHaveLength(1)
  })

  test('whatever a text holds, settings come out', () => {
    const keys = fc.constantFrom('api', 'rtsp', 'log', 'listen', '__proto__', 'constructor', 'env', '<<', '*a', '&a x')
    const piece = fc.oneof(
      keys,
      fc.constantFrom(': ', '\n', '\n  ', '{', '}', '[', ']', '"', variable('A'), '- '),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), pieces => {
        const { settings } = read([file(pieces.join(''))])
        expect(typeof settings.api.listen).toBe('string')
        expect(settings.log.level).toBeTypeOf('string')
      }),
    )
  })
})
