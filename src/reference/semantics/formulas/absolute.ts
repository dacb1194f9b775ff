import type { Pointwise } from './pointwise.js'

/** |t − z|; d/dt = ±1, 0 where they are equal. */
export const absolute: Pointwise = (z, t) => ({ value: Math.abs(t - z), slope: Math.sign(t - z) })
