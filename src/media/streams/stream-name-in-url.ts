/** The path of an `rtsp://` address, decoded and without its query: it may name a stream of ours, whatever the host is. */
export const streamNameInUrl = (url: string): string | undefined => {
  const path = /^rtsp:\/\/[^/?#]*\/([^?#]+)/i.exec(url)?.[1]
  if (path === undefined) return undefined
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
