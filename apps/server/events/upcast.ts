import { UnreadableEventError } from './unreadable-event-error.ts'

/** Lifts an event's data from one schema version to the next. */
export type Upcaster = (data: unknown) => unknown

/**
 * Reads old data as the newest version. `upcasters[0]` lifts version 1 to 2, and so on, so that the
 * newest version is one more than there are upcasters. Throws `UnreadableEventError` for any other.
 */
export const upcast = (type: string, data: unknown, schemaVersion: number, upcasters: readonly Upcaster[]): unknown => {
  if (!Number.isInteger(schemaVersion) || schemaVersion < 1 || schemaVersion > upcasters.length + 1)
    throw new UnreadableEventError(
      `the log holds ${type} in version ${schemaVersion}, and this Sightline knows it up to version ${upcasters.length + 1}`,
    )
  return upcasters.slice(schemaVersion - 1).reduce((older, lift) => lift(older), data)
}
