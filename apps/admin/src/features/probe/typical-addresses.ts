/** How cameras of one make are usually reached. */
export interface TypicalAddress {
  readonly make: string
  /** `HOST` stands for the camera's own address. */
  readonly address: string
}

/** By make; what the makers' own manuals and years of forum threads agree on. */
export const typicalAddresses: readonly TypicalAddress[] = [
  { make: 'Amcrest, Dahua', address: 'rtsp://HOST/cam/realmonitor?channel=1&subtype=0' },
  { make: 'Axis', address: 'rtsp://HOST/axis-media/media.amp' },
  { make: 'Hikvision', address: 'rtsp://HOST/Streaming/Channels/101' },
  { make: 'Reolink', address: 'rtsp://HOST/h264Preview_01_main' },
  { make: 'TP-Link Tapo, Vigi', address: 'rtsp://HOST/stream1' },
  { make: 'UniFi Protect', address: 'rtsps://HOST:7441/…' },
]

/** A typical address for a camera of which so much is typed already: its host is kept. */
export function fillHost(typical: string, typed: string): string {
  const host = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^@/]*@)?([^:/?#\s]+)/i.exec(typed.trim())?.[1]
  return host === undefined ? typical : typical.replace('HOST', host)
}
