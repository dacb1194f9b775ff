import { sigmoid } from '../../boxes.js'
import type { Sloped } from './pointwise.js'

/** From one logit to one number of a box. */
export interface Decode {
  /** Within the cell, in cells. @param q of the scaled kind */
  readonly centre: (t: number, q: number) => Sloped
  /** As a fraction of the input. @param anchor the same */
  readonly size: (t: number, anchor: number) => Sloped
  /** The root of the size. */
  readonly root: (t: number, anchor: number) => Sloped
  /** What a logit of objectness or class says: a probability, or a score. */
  readonly score: (t: number) => Sloped
}

/** σ and σ' = σ(1 − σ). */
const probability = (t: number): Sloped => ({ value: sigmoid(t), slope: sigmoid(t) * sigmoid(-t) })

const times = ({ value, slope }: Sloped, by: number, plus = 0): Sloped => ({
  value: by * value + plus,
  slope: by * slope,
})

/** a·e^t, its own derivative; the root is √a·e^(t/2). */
const exponential = {
  size: (t: number, anchor: number): Sloped => ({ value: anchor * Math.exp(t), slope: anchor * Math.exp(t) }),
  root: (t: number, anchor: number): Sloped => {
    const value = Math.sqrt(anchor) * Math.exp(t / 2)
    return { value, slope: value / 2 }
  },
}

/** Each way by its name. */
export const decodes = {
  exp: { ...exponential, centre: probability, score: probability },
  /** q·σ − (q − 1)/2. */
  scaled: { ...exponential, centre: (t, q) => times(probability(t), q, -(q - 1) / 2), score: probability },
  /** 2σ − ½, and a·(2σ)² with derivative 8a·σ·σ'. */
  squared: {
    centre: (t) => times(probability(t), 2, -0.5),
    size: (t, anchor) => {
      const { value, slope } = probability(t)
      return { value: anchor * 4 * value * value, slope: anchor * 8 * value * slope }
    },
    root: (t, anchor) => times(probability(t), 2 * Math.sqrt(anchor)),
    score: probability,
  },
  /** t, and t². */
  linear: {
    centre: (t) => ({ value: t, slope: 1 }),
    size: (t) => ({ value: t * t, slope: 2 * t }),
    root: (t) => ({ value: t, slope: 1 }),
    score: (t) => ({ value: t, slope: 1 }),
  },
} as const satisfies Readonly<Record<string, Decode>>
