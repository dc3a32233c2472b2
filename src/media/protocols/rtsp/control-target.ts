import { headerOf } from '../../net/text-message.ts'
import type { RtspResponse } from './rtsp-client.ts'
import { escapeForLine, formatTarget, parseRtspUrl } from './rtsp-url.ts'

/** The address that relative controls are relative to: RFC 2326 §C.1.1. */
export const baseOf = ({ headers }: Pick<RtspResponse, 'headers'>, target: string): string => {
  const said = headerOf(headers, 'Content-Base') ?? headerOf(headers, 'Content-Location')
  if (said === undefined || said === '') return target
  // QUIRK a base without a scheme, as in `192.168.1.5:554/live/`.
  const absolute = /^rtsp[sx]?:\/\//i.test(said) ? said : `rtsp://${said.replace(/^\/+/, '')}`
  try {
    return formatTarget(parseRtspUrl(absolute))
  } catch {
    return target
  }
}

/** The address of one media (RFC 2326 §C.1.1): appended, as every player does, even behind a query. */
export const controlTarget = (base: string, control: string): string => {
  if (control === '' || control === '*') return base
  if (/^rtsp[sx]?:\/\//i.test(control)) return escapeForLine(control)
  // QUIRK a control that begins with `/` is appended as well.
  return `${base.replace(/\/$/, '')}/${escapeForLine(control.replace(/^\/+/, ''))}`
}
