import type { Pointwise } from './pointwise.js'

/** (t − z)²; d/dt = 2(t − z). */
export const squared: Pointwise = (z, t) => ({ value: (t - z) * (t - z), slope: 2 * (t - z) })

/** ½(t − z)²; d/dt = t − z. */
export const halfSquared: Pointwise = (z, t) => ({ value: 0.5 * (t - z) * (t - z), slope: t - z })
