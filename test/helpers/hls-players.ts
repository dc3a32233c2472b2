import type { Consumer } from '#media/core/consumer.ts'
import { HlsSessions } from '#media/protocols/hls/hls-sessions.ts'
import { fixtureTracks } from '#test/helpers/fixture-tracks.ts'
import { NotServed } from '#test/helpers/hand-fed-stream.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { fixtureTrack } from '#test/helpers/media-fixture.ts'

/** A stream called `porch` that is fed by hand, and the sessions of its players. */
export const hlsPlayers = () => {
  const clock = new HeldClock()
  const source = fixtureTracks(fixtureTrack('h264-b-frames-aac.mp4', 'video'))
  const consumers: Consumer[] = []
  const sessions = new HlsSessions({
    clock,
    watch: async (stream, make) => {
      if (stream !== 'porch') throw new NotServed('stream_not_found')
      const viewer = make({ clock })
      consumers.push(viewer)
      viewer.attach(viewer.medias[0]!, source.tracks[0]!)
      viewer.start()
      return viewer
    },
  })
  let playedAt = 0
  return {
    ...{ clock, sessions, consumers },
    play: () => {
      playedAt += 100
      source.play(playedAt)
    },
    open: (query = '', stream = 'porch') =>
      sessions.open({ stream, query, remoteAddress: '127.0.0.1:5', userAgent: 'test' }),
  }
}
