import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { config } from './config.ts'
import { exit } from './exit.ts'
import { ffmpegDevices, ffmpegHardware, ffmpegPlay } from './ffmpeg.ts'
import { hlsInitialization, hlsPlaylist, hlsSegment, hlsTransportSegment, streamM3u8 } from './hls.ts'
import { info } from './info.ts'
import { log } from './log.ts'
import { preload } from './preload.ts'
import type { RestContext } from './rest-context.ts'
import { schemes } from './schemes.ts'
import { streamTs } from './stream-ts.ts'
import { streams } from './streams.ts'

type Endpoint = (context: RestContext) => (request: FastifyRequest, reply: FastifyReply) => unknown

/** go2rtc's API: path to endpoint. Each takes every method and says itself which it knows. */
const endpoints: Readonly<Record<string, Endpoint>> = {
  '/api': info,
  '/api/config': config,
  '/api/exit': exit,
  '/api/ffmpeg': ffmpegPlay,
  '/api/ffmpeg/devices': ffmpegDevices,
  '/api/ffmpeg/hardware': ffmpegHardware,
  '/api/hls/init.mp4': hlsInitialization,
  '/api/hls/playlist.m3u8': hlsPlaylist,
  '/api/hls/segment.m4s': hlsSegment,
  '/api/hls/segment.ts': hlsTransportSegment,
  '/api/log': log,
  '/api/preload': preload,
  '/api/schemes': schemes,
  '/api/stream.m3u8': streamM3u8,
  '/api/stream.ts': streamTs,
  '/api/streams': streams,
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/** Adds all of them. */
export const addRoutes = (app: FastifyInstance, context: RestContext): void => {
  for (const [url, endpoint] of Object.entries(endpoints))
    app.route({ method: [...methods], url, exposeHeadRoute: false, handler: endpoint(context) })
}
