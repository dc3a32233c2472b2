/** `ip:port`, IPv6 in brackets, IPv4-mapped IPv6 as IPv4; empty when the socket has none any more. */
export const formatAddress = (address: string | undefined, port: number | undefined): string => {
  if (address === undefined || port === undefined) return ''
  const plain = plainAddress(address)
  return plain.includes(':') ? `[${plain}]:${port}` : `${plain}:${port}`
}

/** Whether an address belongs to this machine alone: 127.0.0.0/8, ::1 (RFC 6890). */
export const isLoopback = (address: string | undefined): boolean => {
  if (address === undefined) return false
  const plain = plainAddress(address)
  return plain === '::1' || /^127\.\d+\.\d+\.\d+$/.test(plain)
}

/** An address without the `::ffff:` that dual-stack sockets put before IPv4 (RFC 4291 §2.5.5.2). */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '')
