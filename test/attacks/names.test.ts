import { afterAll, beforeAll, expect, test } from 'vitest'
import { mseViewer, parseSourceUrl } from '#media'
import { BesiegedEngine } from '#test/helpers/besieged-engine.ts'
import { CountingSink } from '#test/helpers/counting-sink.ts'
import { HostileCamera } from '#test/helpers/hostile-camera.ts'
import { h264Sdp } from '#test/helpers/numbered-camera.ts'
import { RtspPlayer } from '#test/helpers/rtsp-player.ts'

let besieged: BesiegedEngine
beforeAll(async () => {
  besieged = await BesiegedEngine.start()
})
afterAll(() => besieged[Symbol.asyncDispose]())

const names = [
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', '../../etc/passwd', '%2e%2e%2f', 'a/b', 'a?b', 'a b'],
  ...[
    'x'.repeat(50_000),
    '\u202Egnp.exe',
    'two\nlines',
    'a\0b',
    '<img src=x onerror=alert(1)>',
    '\u{1F4F7}',
    '%',
    '%zz',
  ],
]

test.each(names.map(name => [JSON.stringify(name).slice(0, 40), name]))(
  'a stream called %s is one like others',
  async (_text, name) => {
    await using camera = await HostileCamera.start(h264Sdp)
    const { engine } = besieged
    engine.setStream({ id: 'victim', name, sources: [parseSourceUrl(camera.source)] })
    expect(engine.streamByName(name)).toMatchObject({ name, state: 'idle' })
    const sink = new CountingSink()
    await engine.watch(name, mseViewer({ codecs: '', remoteAddress: '', userAgent: name, sink }))
    using player = await RtspPlayer.connect(besieged.port)
    const { status } = await player.ask('DESCRIBE', besieged.address(encodeURIComponent(name)))
    expect(status).toBe(200)
    engine.preload(name, '')
    engine.setAlias(`${name}-alias`, name)
    expect(engine.endPreload(name)).toBe(true)
    expect(() => JSON.stringify([engine.streams(), besieged.facts])).not.toThrow()
    engine.removeStream('victim')
    expect(engine.streamByName(name)).toBeUndefined()
    player[Symbol.dispose]()
    await besieged.over()
  },
)

test.each(names.map(name => [JSON.stringify(name).slice(0, 40), name]))(
  'no stream is called %s until there is one',
  async (_text, name) => {
    const request = { codecs: '', remoteAddress: '', userAgent: '', sink: new CountingSink() }
    await expect(besieged.engine.watch(name, mseViewer(request))).rejects.toMatchObject({ code: 'stream_not_found' })
    expect(besieged.engine.findStream(name)).toBeUndefined()
    using player = await RtspPlayer.connect(besieged.port)
    expect(await player.ask('DESCRIBE', besieged.address(encodeURIComponent(name)))).toMatchObject({ status: 404 })
  },
)
