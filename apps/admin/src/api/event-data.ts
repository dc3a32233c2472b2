import type { LogEvent } from './documents.ts'

/** The names before and after, when an event is a rename. An event's data comes as JSON text. */
export function renameOf({ type, data }: LogEvent): { readonly from: string; readonly to: string } | undefined {
  if (type !== 'StreamRenamed') return undefined
  const told: unknown = JSON.parse(data)
  if (typeof told !== 'object' || told === null || !('from' in told) || !('to' in told)) return undefined
  return { from: String(told.from), to: String(told.to) }
}
