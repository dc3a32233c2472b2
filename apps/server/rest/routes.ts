import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { config } from './config.ts'
import { exit } from './exit.ts'
import { ffmpegDevices, ffmpegHardware, ffmpegPlay } from './ffmpeg.ts'
import { frameJpeg } from './frame-jpeg.ts'
import { hlsInitialization, hlsPlaylist, hlsSegment, hlsTransportSegment, streamM3u8 } from './hls.ts'
import { info } from './info.ts'
import { addIngest, takesMedia } from './ingest.ts'
import { log } from './log.ts'
import { streamAac, streamAscii, streamFlv, streamMjpeg, streamTs, streamY4m } from './media-outputs.ts'
import { frameMp4, streamMp4 } from './mp4.ts'
import { preload } from './preload.ts'
import type { RestContext } from './rest-context.ts'
import { schemes } from './schemes.ts'
import { streams } from './streams.ts'
import { webrtc } from './webrtc.ts'

type Endpoint = (context: RestContext) => (request: FastifyRequest, reply: FastifyReply) => unknown

/** go2rtc's API: path to endpoint. Each takes every method and says itself which it knows. */
const endpoints: Readonly<Record<string, Endpoint>> = {
  '/api': info,
  '/api/config': config,
  '/api/exit': exit,
  '/api/ffmpeg': ffmpegPlay,
  '/api/ffmpeg/devices': ffmpegDevices,
  '/api/ffmpeg/hardware': ffmpegHardware,
  '/api/frame.jpeg': frameJpeg,
  '/api/frame.mp4': frameMp4,
  '/api/hls/init.mp4': hlsInitialization,
  '/api/hls/playlist.m3u8': hlsPlaylist,
  '/api/hls/segment.m4s': hlsSegment,
  '/api/hls/segment.ts': hlsTransportSegment,
  '/api/log': log,
  '/api/preload': preload,
  '/api/schemes': schemes,
  '/api/stream.aac': streamAac,
  '/api/stream.ascii': streamAscii,
  '/api/stream.flv': streamFlv,
  '/api/stream.m3u8': streamM3u8,
  '/api/stream.mjpeg': streamMjpeg,
  '/api/stream.mp4': streamMp4,
  '/api/stream.ts': streamTs,
  '/api/stream.y4m': streamY4m,
  '/api/streams': streams,
  '/api/webrtc': webrtc,
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/** Adds all of them. */
export const addRoutes = (app: FastifyInstance, context: RestContext): void => {
  for (const [url, endpoint] of Object.entries(endpoints)) {
    const method = methods.filter(one => one !== 'POST' || !takesMedia(url))
    app.route({ method, url, exposeHeadRoute: false, handler: endpoint(context) })
  }
  addIngest(app, context)
}
