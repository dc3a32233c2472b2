export type { Consumer, ViewerMaker } from './core/consumer.ts'
export type { MessageSink, Sink } from './core/sink.ts'
export { createEngine, type Engine, type ListenerState, type ViewerAddress } from './engine.ts'
export type { EngineFact } from './engine-facts.ts'
export type { EngineOptions, RtspServerOptions, WebRtcOptions } from './engine-options.ts'
export type { PublishedBytes, PublishedFormat, PublishRequest } from './ingest/published-bytes.ts'
export type { ByteRequest } from './output/byte-request.ts'
export { adtsViewer } from './protocols/adts/adts-viewer.ts'
export { asciiViewer } from './protocols/ascii/ascii-viewer.ts'
export type { SnapshotChange } from './protocols/ffmpeg/snapshot-command.ts'
export type { Snapshot, SnapshotRequest } from './protocols/ffmpeg/snapshots.ts'
export { flvViewer } from './protocols/flv/flv-viewer.ts'
export type { HlsAnswer, HlsSession } from './protocols/hls/hls-session.ts'
export { type HlsRequest, HlsSessions } from './protocols/hls/hls-sessions.ts'
export { mjpegViewer } from './protocols/mjpeg/mjpeg-viewer.ts'
export { type Mp4Request, mp4FrameViewer, mp4Viewer } from './protocols/mp4/mp4-viewer.ts'
export { type MseRequest, mp4KeyframesViewer, mseViewer } from './protocols/mp4/mse-viewer.ts'
export { mpegTsViewer } from './protocols/mpegts/mpegts-viewer.ts'
export type { IceServer } from './protocols/webrtc/ice-servers.ts'
export type { CandidateFilters } from './protocols/webrtc/local-candidates.ts'
export { isViewer, parseRemoteDescription, type RemoteDescription } from './protocols/webrtc/remote-description.ts'
export type { WebRtcConsumer } from './protocols/webrtc/webrtc-consumer.ts'
export type { WebRtcPublisher } from './protocols/webrtc/webrtc-publisher.ts'
export type { WebRtcRequest, WebRtcSession } from './protocols/webrtc/webrtc-session.ts'
export { yuv4MpegViewer } from './protocols/yuv4mpeg/yuv4mpeg-viewer.ts'
export { describeError, MediaError } from './runtime/errors.ts'
export type { CloseReason } from './runtime/lifetime.ts'
export type { LogFields, Logger } from './runtime/logger.ts'
export type { PreloadSnapshot } from './streams/preloads.ts'
export type { ProbeResult } from './streams/probe-source.ts'
export type { SourceOrigin } from './streams/scheme.ts'
export { parseSourceUrl, SourceNotSupportedError, type SourceUrl, schemeOf } from './streams/source-url.ts'
export type { StreamDefinition } from './streams/stream-definition.ts'
export type { FactCause, SourceState } from './streams/stream-facts.ts'
export type {
  CodecJson,
  ConnectionSnapshot,
  ConsumerSnapshot,
  ReceiverSnapshot,
  SenderSnapshot,
  SourceSnapshot,
  StreamActivity,
  StreamSnapshot,
  StreamState,
  TrackSnapshot,
} from './streams/stream-snapshot.ts'
