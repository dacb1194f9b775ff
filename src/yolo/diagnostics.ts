import type { Real } from '../io/index.js'
import type { Value } from '../onnx/index.js'
import { and, equal, greater, less, not, where } from '../onnx/logic.js'
import { abs, argMax, digits, max, min, mul, type Operand, reduceMax, reduceSum } from '../onnx/math.js'
import { concatAll, split } from '../onnx/parts.js'
import { cellGrid } from '../onnx/select.js'
import { cast, flatten, unsqueeze } from '../onnx/shape.js'
import { borderSlack, ofEachTerm, type Terms } from './config/vocabulary.js'
import { boxScale, centreTarget } from './formulas/box.js'
import { type CellCount, cellsPerImage, inLabelOrder, type LabelledHead } from './heads/head.js'
import { type Addends, mapAddends } from './sums/addends.js'
import { entrySum, type TermMap } from './sums/maps.js'
import { byEntry, type Entries } from './terms/entries.js'
import { terms } from './terms/terms.js'

/** Rows to be counted, and the least that each term can be. */
export interface Diagnosis<D extends Real = Real> {
  /** Positives of which width or height is not above 0. */
  readonly zeroSize: Addends<D>
  /** Positives whose centre lies outside the cell that holds the label. */
  readonly outside: Addends<D>
  /** Logits that are NaN or infinite. */
  readonly nonFinite: Addends<D>
  /** Image, row, column and anchor of the first row with such a logit, −1 four times when there is none: `[4]`. */
  readonly firstNonFinite: Value<'int64'>
  readonly floor: Terms<TermMap<D>>
}

/** Looks at all labels and logits of a scale, also where the loss does not. */
export function diagnose<D extends Real>(
  head: LabelledHead<D>,
  scale: number,
  θ: Operand<D>,
  guard: boolean,
): Diagnosis<D> {
  const { labels, sizes, extent } = head
  const y = byEntry(labels, extent.classes)
  const o = y.obj
  const number = (v: Value<'bool'>) => cast(v, o.dtype)
  const maps = (values: Value<D>) => mapAddends(values, scale)
  const isObject = cast(o, 'bool')
  const c = cellGrid(sizes.h, sizes.w, [extent.h, extent.w], o.dtype)
  const z = centreTarget(y.xy, c, sizes.g)
  const inCell = all(and(not(less(z, 0)), less(z, 1)))
  const sized = all(greater(y.wh, 0))
  const logits = inLabelOrder(head)
  const finite = less(abs(logits), Number.POSITIVE_INFINITY)
  return {
    zeroSize: maps(number(and(isObject, not(sized)))),
    outside: maps(number(and(isObject, not(inCell)))),
    nonFinite: maps(number(not(finite))),
    firstNonFinite: firstPlace(number(not(finite)), head),
    floor: floorOf(
      { ...y, xy: settled(z) },
      // Below 0 for an objectness below 0, as its loss is.
      guard ? o : where(sized, o, mul(o, Number.POSITIVE_INFINITY)),
      θ,
      cellsPerImage(head),
    ),
  }
}

/** Whether both entries of the last axis hold, kept as 1. */
function all(pair: Value<'bool'>): Value<'bool'> {
  const [x, y] = split(cast(pair, 'float32'), [1, 1], -1)
  return greater(min(x, y), 0)
}

/** A centre that only rounding took out of [0, 1] stands for the border. */
function settled<D extends Real>(z: Value<D>): Value<D> {
  const near = and(not(less(z, -borderSlack)), not(greater(z, 1 + borderSlack)))
  return where(near, min(max(z, 0), 1), z)
}

/**
 * The least each term can be over all logits: soft labels leave their entropy. The best prediction of a box is the box,
 * so its own cell is ignored for θ ≤ 1 and confidence keeps o·H(o), else H(o).
 */
function floorOf<D extends Real>(z: Entries<D>, sized: Value<D>, θ: Operand<D>, cells: CellCount): Terms<TermMap<D>> {
  const o = z.obj
  const isObject = cast(o, 'bool')
  const [w, h] = split(z.wh, [1, 1], -1)
  const one = where(isObject, o.graph.scalar(1, o.dtype), 0)
  const labels = { z, o, os: mul(o, boxScale(mul(w, h))), weightAtBest: atBest(o, one, θ), sized }
  const least = ofEachTerm((name) => where(isObject, terms[name].least(labels), 0))
  return ofEachTerm((name) => ({ values: name === 'class' ? entrySum(least[name]) : least[name], cells }))
}

/** One where θ is above 1, else o. */
const atBest = <D extends Real>(o: Value<D>, one: Value<D>, θ: Operand<D>): Value<D> => {
  if (typeof θ === 'number') return θ <= 1 ? o : one
  return where(greater(θ, 1), one, o)
}

/** Place of the first row with an entry above 0, from flags `[B, h, w, A, 5+C]`. */
function firstPlace<D extends Real>(flags: Value<D>, { sizes, extent }: LabelledHead<D>): Value<'int64'> {
  const rows = flatten(reduceMax(flags, { axes: [4] }))
  const first = argMax(rows)
  const at = digits(first, [sizes.h, sizes.w, extent.a]).map((v) => unsqueeze(v, [0]))
  const place = concatAll(at, 0)
  const none = equal(reduceSum(flags), 0)
  return where(none, place.graph.scalar(-1, 'int64'), place)
}
