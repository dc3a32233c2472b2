declare const unit: unique symbol

/** A number that remembers its unit, so that ticks never meet milliseconds by accident. */
type Unit<Name extends string> = number & { readonly [unit]: Name }

/** Time in units of a codec's clock rate: 90 000 a second for video. Monotonic, never wraps. */
export type Ticks = Unit<'ticks'>

/** Time in milliseconds: a duration, or an instant of the clock that gave it. */
export type Millis = Unit<'millis'>

/** Says that a plain number is a time in ticks. */
export const ticks = (value: number): Ticks => value as Ticks

/** Says that a plain number is a time in milliseconds. */
export const millis = (value: number): Millis => value as Millis

/** Converts a time between clock rates (Hz). Rounds to the nearest tick. */
export const rescale = (time: Ticks, from: number, to: number): Ticks => ticks(Math.round((time * to) / from))

/** How many ticks of a clock (Hz) a duration lasts. Rounds to the nearest tick. */
export const ticksIn = (duration: Millis, clockRate: number): Ticks => ticks(Math.round((duration * clockRate) / 1000))
