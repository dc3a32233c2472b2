import { afterAll, describe, expect, test } from 'vitest'
import type { AccessUnit } from '#media/core/access-unit.ts'
import type { PacketGroup } from '#media/core/packet-group.ts'
import type { Producer } from '#media/core/producer.ts'
import { Track } from '#media/core/track.ts'
import { execScheme } from '#media/protocols/exec/exec-scheme.ts'
import { ExpectedPublications } from '#media/streams/expected-publications.ts'
import { parseSourceUrl, SourceNotSupportedError } from '#media/streams/source-url.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { packetGroup } from '#test/helpers/hand-fed-stream.ts'
import { realSpawner } from '#test/helpers/real-spawner.ts'
import { ScriptedProducer } from '#test/helpers/scripted-source.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'
import { until } from '#test/helpers/until.ts'

const spawner = realSpawner()
const folder = new TemporaryFolder()
afterAll(async () => {
  await spawner[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

const scheme = execScheme({
  ...{ spawner, publications: new ExpectedPublications(), allowPaths: undefined, rtspPort: () => undefined },
})
const dial = (source: string): Promise<Producer> => scheme.dial(parseSourceUrl(source), dialContext())

const budget = { bytesMax: 1e8, bytesUsed: 0 }

describe('a program that plays what it reads', () => {
  test('offers a way back and nothing else', async () => {
    const producer = await dial('exec:cat#backchannel=1#audio=pcma/8000')
    expect(producer.medias).toMatchObject([{ kind: 'audio', direction: 'sendonly', codecs: [{ name: 'PCMA' }] }])
    expect(producer.info).toMatchObject({ formatName: 'pcm', protocol: 'pipe', source: 'exec:cat' })
    expect(producer.track(producer.medias[0]!)).toBeUndefined()
    expect(await spawner.list()).toEqual([])
    producer.close()
  })

  test('hears the bytes of packets without their headers, and the newest who talks', async () => {
    const file = folder.at('packets')
    const producer = await dial(`exec:sh -c "exec cat > $0" ${file}#backchannel=1`)
    const [media] = producer.medias
    const codec = media!.codecs[0]!
    await producer.start()
    await producer.start()
    const tracks = [1, 2].map(() => new Track<PacketGroup, 'packets'>({ form: 'packets', codec, budget }))
    const first = producer.talk!(media!, codec, tracks[0]!)!
    tracks[0]!.push(packetGroup(8, 1, 'one ', true))
    const second = producer.talk!(media!, codec, tracks[1]!)!
    tracks[0]!.push(packetGroup(8, 2, 'nobody hears this', true))
    tracks[1]!.push(packetGroup(8, 3, 'two', true))
    await until('the voice', () => folder.contents().get('packets')?.toString() === 'one two')
    expect([first.sentCount, second.sentCount, tracks[0]!.idle]).toEqual([1, 1, true])
    expect(producer.info.bytesSent).toBe(7)
    second[Symbol.dispose]()
    expect(tracks[1]!.idle).toBe(true)
    producer.close()
  })

  test('hears units as well', async () => {
    const file = folder.at('units')
    const producer = await dial(`exec:tee ${file}#backchannel=1`)
    const codec = producer.medias[0]!.codecs[0]!
    await producer.start()
    const speaker = new ScriptedProducer([codec], dialContext())
    const track = speaker.track(speaker.medias[0]!)! as Track<AccessUnit, 'units'>
    producer.talk!(producer.medias[0]!, codec, track)
    speaker.push(0, true, 1, 'hello')
    await until('the voice', () => folder.contents().get('units')?.toString() === 'hello')
    producer.close()
    expect(track.idle).toBe(true)
    expect(producer.talk!(producer.medias[0]!, codec, track)).toBeUndefined()
  })

  test('that ends is lost', async () => {
    const producer = await dial('exec:sh -c "echo no speaker >&2; exit 2"#backchannel=1')
    await producer.start()
    expect(await producer.closed).toEqual({ code: 'program_ended', message: 'sh ended with code 2: no speaker' })
  })

  test('that is not there is told', async () => {
    const producer = await dial('exec:no-such-program#backchannel=1')
    await expect(producer.start()).rejects.toMatchObject({ code: 'program_not_found' })
    producer.close()
  })

  test('in no codec that there is, is refused', () => {
    expect(() => scheme.check(parseSourceUrl('exec:cat#backchannel=1#audio=x'), 'configuration')).toThrow(
      SourceNotSupportedError,
    )
  })
})
