import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { filesBelow, root, syntaxOf, typeScriptFiles, walk } from './source-files.ts'

/** Sources whose behaviour only shows from outside, and the test that shows it. */
const TESTED_ELSEWHERE: Readonly<Record<string, string>> = {
  // Programs and wiring: run whole.
  'apps/server/main.ts': 'test/server/main.test.ts',
  'apps/server/server.ts': 'test/server/main.test.ts',
  'apps/admin/src/main.ts': 'test/interop/first-slice.test.ts',
  'apps/admin/src/routes.ts': 'test/interop/first-slice.test.ts',
  // What only a real browser has.
  'apps/admin/src/embed/stream-page.ts': 'test/interop/player-browser.test.ts',
  'apps/admin/src/embed/webrtc-page.ts': 'test/interop/player-browser.test.ts',
  'apps/admin/src/player/develop.ts': 'test/interop/player-browser.test.ts',
  'apps/admin/src/player/player-meter.ts': 'test/interop/player-browser.test.ts',
  'apps/admin/src/player/webrtc-session.ts': 'test/interop/player-browser.test.ts',
  // The player's parts, by the element that holds them together.
  'apps/admin/src/player/player-element.ts': 'test/admin/player/video-rtc.test.ts',
  'apps/admin/src/player/video-element.ts': 'test/admin/player/video-rtc.test.ts',
  'apps/admin/src/player/stream-overlay.ts': 'test/admin/player/video-stream.test.ts',
  'apps/admin/src/features/player/admin-player.ts': 'test/admin/features/player/Player.test.ts',
  'apps/admin/src/features/player/live-player.svelte.ts': 'test/admin/features/player/Player.test.ts',
  'src/media/engine-options.ts': 'test/media/engine.test.ts',
  'src/media/protocols/ascii/ascii-viewer.ts': 'test/compatibility/byte-outputs.test.ts',
  'src/media/protocols/schemes.ts': 'test/media/engine.test.ts',
  'src/media/protocols/rtsp/player-udp.ts': 'test/media/protocols/rtsp/player-role.test.ts',
  'src/media/protocols/rtsp/rtsp-publisher.ts': 'test/media/protocols/rtsp/publisher-role.test.ts',
  'src/media/protocols/webrtc/negotiated-media.ts': 'test/media/protocols/webrtc/webrtc-consumer.test.ts',
  'src/media/protocols/webrtc/answering-peer.ts': 'test/media/protocols/webrtc/webrtc-consumer.test.ts',
  'src/media/protocols/webrtc/offering-peer.ts': 'test/media/protocols/webrtc/dialed-peer.test.ts',
  'src/media/protocols/webrtc/webrtc-producer.ts': 'test/media/protocols/webrtc/webrtc-publisher.test.ts',
  'src/media/protocols/webrtc/peer-connection.ts': 'test/media/protocols/webrtc/webrtc-consumer.test.ts',
  'src/media/protocols/webrtc/webrtc-session.ts': 'test/compatibility/webrtc.test.ts',
  'src/media/streams/source-lost-error.ts': 'test/media/streams/published-source.test.ts',
  'src/media/streams/stream-facts.ts': 'test/media/streams/stream.test.ts',
  // The parts of one port, and of one session: with real sockets, and with real peers.
  'src/media/protocols/webrtc/ice-tcp.ts': 'test/media/protocols/webrtc/ice-port.test.ts',
  'src/media/protocols/webrtc/ice-frames.ts': 'test/media/protocols/webrtc/ice-port.test.ts',
  'src/media/protocols/webrtc/ice-udp.ts': 'test/media/protocols/webrtc/ice-port.test.ts',
  'src/media/protocols/webrtc/ice-checks.ts': 'test/media/protocols/webrtc/ice-session.test.ts',
  'src/media/protocols/webrtc/ice-record.ts': 'test/media/protocols/webrtc/ice-session.test.ts',
  'src/media/protocols/webrtc/turn-transport.ts': 'test/media/protocols/webrtc/turn-allocation.test.ts',
  'src/media/runtime/logger.ts': 'test/media/engine.test.ts',
  // Three sides of one conversation between processes: run whole.
  'src/media/processes/child-handle.ts': 'test/media/processes/spawner.test.ts',
  'src/media/processes/spawned-child.ts': 'test/media/processes/spawner.test.ts',
  'src/media/processes/spawner-link.ts': 'test/media/processes/spawner.test.ts',
  // go2rtc's API, by request and answer.
  'apps/server/rest/webrtc.ts': 'test/compatibility/webrtc.test.ts',
  'apps/server/rest/ws/webrtc.ts': 'test/compatibility/webrtc.test.ts',
  'apps/server/rest/config.ts': 'test/compatibility/application.test.ts',
  'apps/server/rest/exit.ts': 'test/compatibility/application.test.ts',
  'apps/server/rest/ffmpeg.ts': 'test/compatibility/ffmpeg.test.ts',
  'apps/server/rest/info.ts': 'test/compatibility/application.test.ts',
  'apps/server/rest/ingest.ts': 'test/compatibility/ingest.test.ts',
  'apps/server/rest/log.ts': 'test/compatibility/application.test.ts',
  'apps/server/rest/media-output.ts': 'test/compatibility/mp4.test.ts',
  'apps/server/rest/media-outputs.ts': 'test/compatibility/byte-outputs.test.ts',
  'apps/server/rest/mp4.ts': 'test/compatibility/mp4.test.ts',
  'apps/server/rest/preload.ts': 'test/compatibility/preload.test.ts',
  'apps/server/rest/routes.ts': 'test/compatibility/application.test.ts',
  'apps/server/rest/run-change.ts': 'test/compatibility/streams.test.ts',
  'apps/server/rest/schemes.ts': 'test/compatibility/application.test.ts',
  'apps/server/rest/hls.ts': 'test/compatibility/hls.test.ts',
  'apps/server/rest/streams.ts': 'test/compatibility/streams.test.ts',
  'apps/server/rest/ws/mjpeg.ts': 'test/compatibility/byte-outputs.test.ts',
  'apps/server/rest/ws/hls.ts': 'test/compatibility/hls.test.ts',
  'apps/server/rest/ws/mse.ts': 'test/compatibility/web-socket.test.ts',
  'apps/server/rest/ws/socket-viewer.ts': 'test/compatibility/web-socket.test.ts',
  'apps/server/rest/ws/ws.ts': 'test/compatibility/web-socket.test.ts',
}

const sources = typeScriptFiles('src', 'apps')
const tests = typeScriptFiles('test').filter(path => path.endsWith('.test.ts'))

/** Tests that are not of one source: they see the whole from outside. */
const MIRRORS = /^test\/(media|server|admin)\//

const mirrorOf = (path: string): string =>
  path
    .replace(/^src\/media\//, 'test/media/')
    .replace(/^apps\/server\//, 'test/server/')
    .replace(/^apps\/admin\/src\//, 'test/admin/')
    .replace(/\.(ts|mjs|svelte|css)$/, '.test.ts')

/** The sources that a test imports to run. */
const importsOf = (path: string): string[] =>
  syntaxOf(path).statements.flatMap(statement => {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return []
    if (statement.importClause?.isTypeOnly) return []
    const { text } = statement.moduleSpecifier
    if (text.startsWith('.')) return [normalize(join(dirname(path), text))]
    return [
      text
        .replace(/^#media$/, 'src/media/index.ts')
        .replace(/^#media/, 'src/media')
        .replace(/^#server/, 'apps/server'),
    ]
  })

/** A file that only declares types and constants has nothing to test. */
const hasLogic = (path: string): boolean => {
  let found = false
  walk(syntaxOf(path), node => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) found = true
  })
  return found
}

const isTestedElsewhere = (path: string): boolean => {
  const where = TESTED_ELSEWHERE[path]
  return where !== undefined && existsSync(join(root, where))
}

test('every source with logic has a test', () => {
  const imported = new Set(tests.flatMap(importsOf))
  const untested = sources
    .filter(path => !/\.(d|config|table)\.ts$/.test(path) && hasLogic(path))
    .filter(path => !existsSync(join(root, mirrorOf(path))) && !imported.has(path) && !isTestedElsewhere(path))
  expect(untested).toEqual([])
})

test('what is tested elsewhere exists', () => {
  const gone = Object.keys(TESTED_ELSEWHERE).filter(place => !existsSync(join(root, place)))
  expect(gone).toEqual([])
})

test('a test stands where its sources stand', () => {
  const mirrors = new Set([...filesBelow('src'), ...filesBelow('apps')].map(mirrorOf))
  const mirroredFolder = new Set([...mirrors].map(dirname))
  const lost = tests.filter(path => {
    if (!MIRRORS.test(path) || mirrors.has(path)) return false
    const ofItsFolder = importsOf(path).some(source => dirname(mirrorOf(source)) === dirname(path))
    return !mirroredFolder.has(dirname(path)) || !ofItsFolder
  })
  expect(lost).toEqual([])
})
