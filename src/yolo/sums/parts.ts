import type { Real } from '../../io/index.js'
import type { Value } from '../../onnx/index.js'
import { type TermName, type Terms, termNames } from '../config/vocabulary.js'
import type { Columns } from './columns.js'
import type { Summand } from './summands.js'

/**
 * Makes a part of the derivative of the loss from slopes of terms, laid side by side along an axis in the order given:
 * each times its weight, all divided by the normaliser.
 */
export type Share<D extends Real = Real> = (slopes: Partial<Terms<Value<D>>>, axis?: number) => Value<D>

/** What a form makes of the heads; adding up is left to the loss. */
export interface Parts<D extends Real = Real> {
  readonly terms: Terms<readonly Summand<D>[]> | Columns<D>
  /** 1 for each row with o ≠ 0. */
  readonly positives: readonly Summand<D>[]
  /** κ as a number, and 1 − κ. */
  readonly ignore: readonly Summand<D>[]
  readonly ignored: readonly Summand<D>[]
  /** κ of each scale as `[B, h, w, A, 1]`. */
  readonly ignoreMasks: readonly Value<D>[]
  /** Derivative of the loss by the logits of each scale, in the layout of the head. */
  readonly gradients: (share: Share<D>) => readonly Value<D>[]
}

/** The same for one scale. */
export interface ScaleParts<D extends Real = Real> {
  readonly terms: Terms<readonly Summand<D>[]>
  readonly positives: Summand<D>
  readonly ignore: Summand<D>
  readonly ignored: Summand<D>
  readonly ignoreMask: Value<D>
  readonly gradient: (share: Share<D>) => Value<D>
}

/** The parts of all scales, made one by one. */
export function joined<D extends Real>(scales: readonly ScaleParts<D>[]): Parts<D> {
  const term = (name: TermName) => [name, scales.flatMap((s) => s.terms[name])] as const
  return {
    terms: Object.fromEntries(termNames.map(term)) as Record<TermName, Summand<D>[]>,
    positives: scales.map((s) => s.positives),
    ignore: scales.map((s) => s.ignore),
    ignored: scales.map((s) => s.ignored),
    ignoreMasks: scales.map((s) => s.ignoreMask),
    gradients: (share) => scales.map((s) => s.gradient(share)),
  }
}
