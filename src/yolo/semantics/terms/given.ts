import type { Real } from '../../../io/index.js'
import type { Value } from '../../../onnx/index.js'
import { and, equal, not, where } from '../../../onnx/logic.js'
import { unsqueeze } from '../../../onnx/shape.js'
import type { Semantics } from '../../../reference/semantics/records.js'
import type { Tail } from '../../formulas/bce.js'
import { byEntry, type Entries } from '../../terms/entries.js'
import type { Shared } from '../matches/match.js'
import { logitsAt, type Scale } from '../scale.js'

/** What the terms of a scale are computed from. */
export interface Given<D extends Real = Real> {
  readonly scale: Scale<D>
  readonly matches: Shared<D>
  /** κ `[B, h·w·A]`; undefined where there is no mask, and everything counts. */
  readonly κ: Value<'bool'> | undefined
  readonly semantics: Semantics
  /** Whether sides that are not above 0 are left out of the term wh. */
  readonly guard: boolean
  /** How cross-entropies are computed: so that they can be derived. */
  readonly tail: Tail
}

/** The same, and what several terms need of it. */
export interface Room<D extends Real = Real> extends Given<D> {
  /** Logits of the matches `[B, K, 5+C]`; those of the scale where these are every row. */
  readonly rows: Value<D>
  /** The same by entry. */
  readonly t: Entries<D>
  /** Whether coordinates, classes, objectness of a match are learnt `[B, K, 1]`. */
  readonly learns: { readonly box: Value<'bool'>; readonly classes: Value<'bool'>; readonly object: Value<'bool'> }
  /** o `[B, K, 1]` */
  readonly o: Value<D>
  /** Has no gradient go through a value. */
  readonly hold: <V extends Value<D>>(v: V) => V
}

/** What stands for a logit of which nothing is learnt: not 0, so that sizes that are its square have a root and a quotient. */
const harmless = 1

/** `[B, K] → [B, K, 1]` */
export const column = <V extends 'bool' | Real>(v: Value<V>): Value<V> => unsqueeze(v, [2])

/** x where something is learnt, a harmless number elsewhere: nothing that is not there makes a sum or gradient NaN. */
export const safe = <D extends Real>(learnt: Value<'bool'>, x: Value<D>, instead = harmless): Value<D> =>
  where(learnt, x, instead)

/** @param held takes what no gradient goes through */
export function roomOf<D extends Real>(given: Given<D>, held: Value<D>[]): Room<D> {
  const { scale, matches } = given
  const { exists, boxWeight, classWeight, isLast, everyRow, index, objectness } = matches
  const rows = everyRow ? scale.logits : logitsAt(scale, index)
  const learnt = (weight: Value<D>) => column(and(exists, not(equal(weight, 0))))
  return {
    ...given,
    rows,
    t: byEntry(rows, scale.classes),
    learns: { box: learnt(boxWeight), classes: learnt(classWeight), object: column(and(exists, isLast)) },
    o: column(objectness),
    hold(v) {
      held.push(v)
      return v
    },
  }
}
