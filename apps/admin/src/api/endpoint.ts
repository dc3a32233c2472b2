/** The address of one of the server's paths (`api/graphql`), below whatever prefix this page was loaded from. */
export const serverUrl = (path: string): URL => new URL(path, document.baseURI.replace(/[#?].*$/, ''))

/** The same for a WebSocket: `wss:` where the page came by `https:`. */
export function socketUrl(path: string): URL {
  const url = serverUrl(path)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url
}
