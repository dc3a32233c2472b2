/**
 * Units in, units out, synchronously, holding its own state. One input may give none, one or
 * several outputs. What it is lent it does not change.
 */
export interface Transform<In, Out> {
  push(unit: In, emit: (unit: Out) => void): void
}
