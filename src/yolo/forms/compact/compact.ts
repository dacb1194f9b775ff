import type { Real } from '../../../io/index.js'
import type { Value } from '../../../onnx/index.js'
import { add, cumSum, mul, sub } from '../../../onnx/math.js'
import { concat, concatAll, type Division, divide, divisionOf } from '../../../onnx/parts.js'
import { filled, gather, scatter } from '../../../onnx/select.js'
import { cast, flatten, shapeOf, unsqueeze } from '../../../onnx/shape.js'
import type { Boxes } from '../../assignment/heads.js'
import type { Positives } from '../../assignment/positives.js'
import { labelAxes, type Terms } from '../../config/vocabulary.js'
import { bceOfBackground, type Differentiable, type Tail } from '../../formulas/bce.js'
import { alongAxes, anchorTable, cellsPerImage, type Heads, type LabelledHead, ofEach } from '../../heads/head.js'
import { reordered } from '../../heads/layout.js'
import { logitObjectness, objectnessOf } from '../../heads/objectness.js'
import { asLabels, cellPlaces, logitRows } from '../../heads/rows.js'
import { cellAddends, rowAddends } from '../../sums/addends.js'
import { byEntry } from '../../terms/entries.js'
import { jointEntropies } from '../../terms/entropies.js'
import { targets } from '../../terms/targets.js'
import { confidence, objectTerms } from '../../terms/terms.js'
import type { Form, Numerics, Parts } from '../form.js'
import { compactGradients } from './gradient.js'
import { hiddenPlaces } from './ignore.js'
import { ledgerOf } from './ledger.js'
import { positives } from './positives.js'

/** One value for each cell of all scales `[N]`: those of each in the memory order of its logits, scale after scale. */
interface Field<D extends Real> {
  readonly values: Value<D>
  /** How they divide among the scales. */
  readonly division: Division
  /** Where each scale begins `[L]`. */
  readonly starts: Value<'int64'>
}

/**
 * The loss of all scales, doing only the work the boxes ask for: the xy, wh and class terms see the positive rows, the
 * ignore mask sees the cells around each true box, and every other cell costs one cross-entropy of its objectness. What
 * is read from each scale is joined at once, for most nodes cost more than their arithmetic.
 */
export const compact: Form = <D extends Real>(heads: Heads<D>, numerics: Numerics, boxes?: Boxes<D>): Parts<D> => {
  const { graph } = heads
  const { found, logits } = boxes?.positives
    ? { found: boxes.positives, logits: ofEach(heads.scales, logitObjectness) }
    : labelled(heads)
  const t = graph.scope('background', () => field(logits))
  const own = ownPlaces(heads, found)
  const start = unsqueeze(gather(t.starts, found.scale), [1]) // [T, 1]
  const place = add(own, start)
  const { κ, hidden } = graph.scope('ignore', () => ignoreMask(heads, found, start, t.values))
  const row = graph.scope('objects', () => rowTerms(heads, found, own, gather(κ, place), numerics))
  const background = backgroundTerm(t.values, concat([hidden, flatten(place)], 0), numerics.tail)
  const kept = cast(κ, heads.dtype)
  const perImage = heads.scales.map(cellsPerImage)
  const cells = (values: Value<D>) => cellAddends(values, t.division, perImage, heads)
  return {
    terms: ledgerOf(heads, found, row, { values: background.value, division: t.division, perImage }),
    positives: [rowAddends(flatten(found.at.b), found.division, heads.dtype, heads)],
    ignore: [cells(kept)],
    ignored: [cells(sub(graph.scalar(1, heads.dtype), kept))],
    ignoreMasks: divide(kept, t.division).map((part, l) => maskOf(heads.scales[l] as LabelledHead<D>, part)),
    gradients: (share) =>
      compactGradients(heads, found, row, divide(share({ conf: background.slope }), t.division), share),
  }
}

/** Positives of dense labels, and the objectness logits of each scale, which are read along with them. */
function labelled<D extends Real>(heads: Heads<D>) {
  const o = ofEach(heads.scales, objectnessOf)
  const found = positives(
    heads,
    o.map(({ labels }) => labels),
  )
  return { found, logits: o.map(({ logits }) => logits) }
}

function field<D extends Real>(t: readonly Value<D>[]): Field<D> {
  const division = divisionOf(t)
  return { values: concatAll(t, 0), division, starts: sub(cumSum(division.counts), division.counts) }
}

/** Place of each positive among the cells of its scale, in the memory order of the logits: `[T, 1]` */
const ownPlaces = (heads: Heads, found: Positives): Value<'int64'> =>
  heads.graph.scope('place', () => (asLabels(heads) ? found.place() : cellPlaces(heads, found)))

function rowTerms<D extends Real>(
  heads: Heads<D>,
  found: Positives<D>,
  own: Value<'int64'>,
  κ: Value<'bool'>,
  { tail, guard }: Numerics,
): Terms<Differentiable<D>> {
  const { S, dtype } = heads
  const { y, at, g, scale } = found
  const t = byEntry(logitRows(heads, found, own), heads.classes)
  const c = cast(concat([at.w, at.h], 1), dtype) // [T, 2]
  const a = gather(anchorTable(...heads.scales), add(mul(scale, heads.a), flatten(at.a))) // [T, 2]
  const { z, s } = targets(y, t, { c, a, g, S }, guard)
  const E = jointEntropies(z, t, tail)
  return { ...objectTerms(z, t, E, s), conf: confidence(y.obj, E.obj, κ) }
}

/** κ of every cell `[N]`, and the places where it is 0 `[U]`. */
function ignoreMask<D extends Real>(
  heads: Heads<D>,
  found: Positives<D>,
  start: Value<'int64'>,
  values: Value<D>,
): { readonly κ: Value<'bool'>; readonly hidden: Value<'int64'> } {
  const hidden = hiddenPlaces(heads, found, start)
  const every = filled(shapeOf(values), values.shape, 1, 'bool')
  return { κ: scatter(every, hidden, filled(shapeOf(hidden), hidden.shape, 0, 'bool')), hidden }
}

/** E(0, t_o) of every cell `[N]`, 0 at the places of those that are hidden or positive. */
function backgroundTerm<D extends Real>(t: Value<D>, others: Value<'int64'>, tail: Tail): Differentiable<D> {
  return t.graph.scope('background', () => {
    const { value, slope } = bceOfBackground(t, tail)
    const zeros = filled(shapeOf(others), others.shape, 0, t.dtype)
    return { value: scatter(value, others, zeros), slope: scatter(slope, others, zeros) }
  })
}

/** Values of the cells of a head in the memory order of its logits, as `[B, h, w, A, 1]`. */
const maskOf = <D extends Real>(head: LabelledHead, cells: Value<D>): Value<D> =>
  reordered(alongAxes(cells, head), head.layout.axes, labelAxes)
