import { MediaError } from '../../runtime/errors.ts'

/** What can go wrong with a camera, once it can be reached. */
export type CameraErrorCode =
  | 'wrong_password'
  | 'password_needed'
  | 'login_not_supported'
  | 'not_found'
  | 'not_rtsp'
  | 'no_media'
  | 'no_speaker'
  | 'silent'
  | 'garbled'
  | 'camera_closed'
  | 'camera_refused'
  | 'bad_redirect'
  | 'udp_silent'
  | 'codec_mislabelled'

/** A camera that cannot be watched, told so that a person knows what to change. */
export class CameraError extends MediaError {
  readonly code: CameraErrorCode

  constructor(code: CameraErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

/** The sentences, each in one place. */
export const cameraErrors = {
  wrongPassword: () => new CameraError('wrong_password', 'the camera refused the user name or password'),
  passwordNeeded: () => new CameraError('password_needed', 'the camera asks for a user name and a password'),
  loginNotSupported: () =>
    new CameraError('login_not_supported', 'the camera asks for a way of logging in that is not known here'),
  notFound: (target: string) => new CameraError('not_found', `the camera has nothing at ${target}`),
  notRtsp: (cause?: unknown) => new CameraError('not_rtsp', 'what answers there does not speak RTSP', cause),
  noMedia: () => new CameraError('no_media', 'the camera offers neither video nor audio at this address'),
  noSpeaker: () => new CameraError('no_speaker', 'the camera does not offer its speaker any more'),
  silent: (waitedMs: number) => new CameraError('silent', `the camera has sent nothing for ${waitedMs / 1000} s`),
  garbled: (cause: unknown) => new CameraError('garbled', 'what the camera sends cannot be understood', cause),
  closed: () => new CameraError('camera_closed', 'the camera closed the connection'),
  refused: (method: string, status: number, reason: string) =>
    new CameraError('camera_refused', `the camera answered ${method} with ${`${status} ${reason}`.trim()}`),
  tooManyRedirects: (max: number) =>
    new CameraError('bad_redirect', `the camera sent us on more than ${max} times without an end`),
  badRedirect: (location: string) =>
    new CameraError('bad_redirect', `the camera sent us to "${location}", which is no RTSP address`),
  mislabelled: (announced: string, seen: string) =>
    new CameraError(
      'codec_mislabelled',
      `the camera announces ${announced} and sends ${seen}: it is taken for that now`,
    ),
  udpSilent: (waitedMs: number) =>
    new CameraError(
      'udp_silent',
      `the camera plays, but nothing has come over UDP for ${waitedMs / 1000} s: a firewall may be in between`,
    ),
} as const
