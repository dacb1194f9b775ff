import type { Real } from '../../io/index.js'
import type { Value } from '../../onnx/index.js'
import { less, where } from '../../onnx/logic.js'
import { abs, mul, sub } from '../../onnx/math.js'
import type { Terms } from '../config/vocabulary.js'
import type { Differentiable } from '../formulas/bce.js'
import { leastCrossEntropy } from '../formulas/entropy.js'
import type { Entries } from './entries.js'
import type { Entropies } from './entropies.js'

/** What the terms of objects are made from: targets z, logits t, E(z, t), o, and o·s with s = 2 − w·h. */
interface ObjectRow<D extends Real> {
  readonly z: Entries<D>
  readonly t: Pick<Entries<D>, 'wh'>
  readonly E: Pick<Entropies<D>, 'xy' | 'cls'>
  readonly o: Value<D>
  readonly os: Value<D>
}

/** What the confidence of a cell is made from: o, E(o, t_o) and κ, of one shape. */
interface Cell<D extends Real> {
  readonly o: Value<D>
  readonly E: Differentiable<D>
  readonly κ: Value<'bool'>
}

/** What the least value of a term follows from. */
export interface Labels<D extends Real> extends Pick<ObjectRow<D>, 'z' | 'o' | 'os'> {
  /** What the confidence of an object is weighed by at best: o where its own box hides it, else 1. */
  readonly weightAtBest: Value<D>
  /** Finite where the size of the box has a logarithm. */
  readonly sized: Value<D>
}

/** What is known of every term. */
interface Term {
  /** The logits that it is differentiated by; terms of the same logits add their slopes up. */
  readonly by: keyof Entries
  /** What its sum is multiplied by: squares are halved when they have been added up. */
  readonly factor: number
  /** The least it can be over all logits, element by element. */
  readonly least: <D extends Real>(labels: Labels<D>) => Value<D>
}

/** A term of the rows of objects: its value and its derivative by its logits, element by element. */
interface ObjectTerm extends Term {
  readonly of: <D extends Real>(row: ObjectRow<D>) => Differentiable<D>
}

/** The same of every cell. */
interface CellTerm extends Term {
  readonly of: <D extends Real>(cell: Cell<D>) => Differentiable<D>
}

/** `a · E` and its derivative, for a weight that does not depend on the logit. */
const weighted = <D extends Real>(weight: Value<D>, { value, slope }: Differentiable<D>): Differentiable<D> => ({
  value: mul(weight, value),
  slope: mul(weight, slope),
})

/** weight · d², and half its derivative by d. */
const square = <D extends Real>(weight: Value<D>, d: Value<D>): Differentiable<D> => {
  const slope = mul(weight, d)
  return { value: mul(slope, d), slope }
}

/**
 * The terms of objects: z targets, t logits, E(z, t) their cross-entropies, o = z.obj, s = 2 − w·h `[…, 1]`.
 *
 *   xy  = o·s·E(z_xy, t_xy)              d/dt = o·s·(σ(t_xy) − z_xy)
 *   wh  = ½·o·s·(t_wh − z_wh)²           d/dt = o·s·(t_wh − z_wh)
 *   cls = o·E(z_c, t_c)                  d/dt = o·(σ(t_c) − z_c)
 *
 * Source: keras-yolo3 `yolo_loss`.
 */
const ofObjects = {
  xy: {
    by: 'xy',
    of: ({ os, E }) => weighted(os, E.xy),
    factor: 1,
    least: ({ os, z }) => leastCrossEntropy(os, z.xy),
  },
  wh: {
    by: 'wh',
    of: ({ os, z, t }) => square(os, sub(t.wh, z.wh)),
    factor: 0.5,
    least: ({ o, sized }) => where(less(abs(sized), Number.POSITIVE_INFINITY), mul(o, 0), sized),
  },
  class: {
    by: 'cls',
    of: ({ o, E }) => weighted(o, E.cls),
    factor: 1,
    least: ({ o, z }) => leastCrossEntropy(o, z.cls),
  },
} as const satisfies Partial<Terms<ObjectTerm>>

/**
 * The term of every cell. As κ is 0 or 1, its weight is 1 where κ holds and o elsewhere; an ignored cell without object
 * adds exactly 0.
 *
 *   conf = o·E(o, t_o) + (1 − o)·E(o, t_o)·κ       d/dt = (o + (1 − o)·κ)·(σ(t_o) − o)
 *
 * No derivative goes through κ, as in the original, which decodes boxes for it alone. Source: keras-yolo3 `yolo_loss`.
 */
const ofCells = {
  conf: {
    by: 'obj',
    of: ({ o, E, κ }) => weighted(where(κ, 1, o), E),
    factor: 1,
    least: ({ o, weightAtBest }) => leastCrossEntropy(weightAtBest, o),
  },
} as const satisfies Partial<Terms<CellTerm>>

/** Every term of the loss. */
export const terms: Terms<Term> = { ...ofObjects, ...ofCells }

type ObjectTermName = keyof typeof ofObjects

/** The terms of objects, from their targets z, logits t, cross-entropies E and scale s. */
export function objectTerms<D extends Real>(
  z: Entries<D>,
  t: Pick<Entries<D>, 'wh'>,
  E: Pick<Entropies<D>, 'xy' | 'cls'>,
  s: Value<D>,
) {
  const row = { z, t, E, o: z.obj, os: mul(z.obj, s) }
  const names = Object.keys(ofObjects) as ObjectTermName[]
  const made = names.map((name) => [name, s.graph.scope(name, () => ofObjects[name].of(row))])
  return Object.fromEntries(made) as Record<ObjectTermName, Differentiable<D>>
}

/** The confidence of cells: o, E = E(o, t_o) and κ of one shape. */
export const confidence = <D extends Real>(o: Value<D>, E: Differentiable<D>, κ: Value<'bool'>): Differentiable<D> =>
  o.graph.scope('conf', () => ofCells.conf.of({ o, E, κ }))
