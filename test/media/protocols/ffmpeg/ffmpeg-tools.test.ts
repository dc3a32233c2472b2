import { expect, test } from 'vitest'
import { Spawner } from '#media/processes/spawner.ts'
import { FfmpegTools } from '#media/protocols/ffmpeg/ffmpeg-tools.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { silentLogger } from '#media/runtime/logger.ts'

const never = new AbortController().signal

test('ffmpeg is called as the configuration says, and asked what there is', { timeout: 60_000 }, async () => {
  await using spawner = new Spawner({ clock: systemClock, logger: silentLogger })
  const overrides = { 'my/codec': '-c:v libx264' }
  const tools = new FfmpegTools({ spawner, clock: systemClock, overrides, logLevel: 'warn' })
  expect(tools.templates.get('my/codec')).toBe('-c:v libx264')
  expect(tools.templates.get('global')).toBe('-hide_banner -v warning')
  expect(await tools.devices(never)).toBeInstanceOf(Array)
  const engines = await tools.engines(never)
  expect(engines.length).toBeGreaterThan(0)
  for (const { name, url } of engines) {
    expect(['OK', 'ERROR']).toContain(name)
    expect(url).toMatch(/^ffmpeg:\.\.\.#video=\w+#hardware=\w+$/)
  }
})
