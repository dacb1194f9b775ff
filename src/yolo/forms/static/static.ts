import type { Real } from '../../../io/index.js'
import { product, type Value } from '../../../onnx/index.js'
import { equal, not, where } from '../../../onnx/logic.js'
import { reduceSum } from '../../../onnx/math.js'
import { concatAll, slice, split } from '../../../onnx/parts.js'
import { gather } from '../../../onnx/select.js'
import { cast, reshape, transpose } from '../../../onnx/shape.js'
import type { Boxes } from '../../assignment/heads.js'
import { boxEntries, ofEachTerm, type Terms } from '../../config/vocabulary.js'
import type { Differentiable } from '../../formulas/bce.js'
import { type Heads, inLabelOrder, ofEach } from '../../heads/head.js'
import { lineAddends } from '../../sums/addends.js'
import { pooledEntropies } from '../../terms/entropies.js'
import { confidence, objectTerms } from '../../terms/terms.js'
import type { Form, Numerics, Parts } from '../form.js'
import { type Arrangement, arrange, type ScaleArrangement, tablesOf } from './arrangement.js'
import { boxGradients, type LaidOut, rowsOfBoxes } from './boxes.js'
import { type Gradients, staticGradients } from './gradient.js'
import { staticMask } from './mask.js'
import { type AllCells, type Labelled, labelledRows, type Objects, objectsOf, type Rows } from './objects.js'
import { type Column, sideBySide } from './table.js'

/**
 * The loss of all scales at fixed sizes, for providers that want neither data-dependent shapes nor integer arithmetic:
 * TopK finds the rows with o ≠ 0, at most `maxBoxes` of each image and scale. With more, the loss is NaN. Launches cost
 * more than arithmetic there, so that the scales share their nodes wherever they can, and rows and cells theirs.
 */
export const fixedSizes: Form = <D extends Real>(heads: Heads<D>, numerics: Numerics, boxes?: Boxes<D>): Parts<D> => {
  const { graph, ignoreThreshold } = heads
  const arrangement = arrange(heads, numerics.maxBoxes, boxes !== undefined)
  const tables = tablesOf(heads, arrangement)
  const rows = rowsOf(heads, arrangement)
  const laidOut = boxes?.table && rowsOfBoxes(boxes.table, rows.t, arrangement)
  const o = laidOut?.o ?? objectnessOf(rows)
  const cells = cellsOf(rows, o, arrangement, numerics)
  const { objects, gradients } = graph.scope('objects', () => {
    const found = laidOut ?? labelledRows(rows, o, arrangement, tables)
    return { objects: objectsOf(found.taken, tables, numerics.guard), gradients: gradientsOf(found) }
  })
  const κ = graph.scope('ignore', () =>
    staticMask(cells, objects, arrangement, tables, ignoreThreshold as number, numerics.divisionFree),
  )
  const terms = termsOf(cells, objects, κ, numerics)
  return {
    ...sumsOf(terms, cells.o, κ, arrangement),
    gradients: (share) => gradients(heads, terms, arrangement, share),
  }
}

/** How derivatives are written: into the cells of the labels, or into those of the boxes. */
const gradientsOf = <D extends Real>(found: Labelled<D> | LaidOut<D>): Gradients<D> =>
  'places' in found ? boxGradients(found) : staticGradients(found)

/** Objectness labels of all cells `[B, N, 1]`; gathered, for a slice of rows takes the CPU provider longer. */
const objectnessOf = <D extends Real>({ y }: Rows<D>): Value<D> =>
  concatAll(
    y.map((v) => gather(v, v.graph.ints([boxEntries - 1]), 2)),
    1,
  )

function rowsOf<D extends Real>(heads: Heads<D>, { batch, scales }: Arrangement): Rows<D> {
  const pairs = ofEach(heads.scales, (head, l) => {
    const shape = [batch, (scales[l] as ScaleArrangement).cells, head.extent.d]
    return { y: reshape(head.labels, shape), t: reshape(inLabelOrder(head), shape) }
  })
  return { y: pairs.map(({ y }) => y), t: pairs.map(({ t }) => t) }
}

function cellsOf<D extends Real>(
  { t }: Rows<D>,
  o: Value<D>,
  { batch, units, unit }: Arrangement,
  { wholeSplits }: Numerics,
): AllCells<D> {
  const logits = concatAll(
    t.map((v) => slice(v, '..., 0:5')),
    1,
  )
  const planes = transpose(reshape(logits, [batch, units, 1, 1, unit, 5]), [5, 0, 1, 2, 3, 4])
  const [txy, twh, obj] = split(planes, [2, 2, 1], 0)
  const derived = wholeSplits ? reshape(slice(logits, '..., 4:'), obj.shape) : obj // by txy and twh nothing is derived
  return { o: reshape(o, obj.shape), t: derived, txy, twh }
}

/** Terms of rows `[B, R, ·]`, and that of the confidence `[1, B, U, 1, 1, P]`. */
function termsOf<D extends Real>(
  cells: AllCells<D>,
  { z, t, s, rows }: Objects<D>,
  κ: Value<'bool'>,
  { tail, wholeSplits }: Numerics,
): Terms<Differentiable<D>> {
  const entries = product(rows.t.shape.slice(1)) as number
  const like = [...cells.t.shape.slice(0, -1), entries / (cells.t.shape[2] as number)]
  const flat = { z: reshape(rows.z, like), t: reshape(rows.t, like) }
  const pooled = pooledEntropies([flat, { z: cells.o, t: cells.t }], tail)
  const [ofRows, ofCells] = pooled as [Differentiable<D>, Differentiable<D>]
  const part = (v: Value<D>) => centreAndClasses(reshape(v, rows.t.shape), wholeSplits)
  const [value, slope] = [part(ofRows.value), part(ofRows.slope)]
  const E = { xy: { value: value.xy, slope: slope.xy }, cls: { value: value.cls, slope: slope.cls } }
  const { graph } = s
  return { ...graph.scope('objects', () => objectTerms(z, t, E, s)), conf: confidence(cells.o, ofCells, κ) }
}

/** Two of the entries of rows `[B, R, 5+C]`. */
function centreAndClasses<D extends Real>(v: Value<D>, wholeSplits: boolean) {
  if (wholeSplits) return { xy: slice(v, '..., 0:2'), cls: slice(v, '..., 5:') }
  const [xy, , cls] = split(v, [2, boxEntries - 2, (v.shape[2] as number) - boxEntries], 2)
  return { xy, cls }
}

/** The cells `[1, B, U, 1, 1, P]` as rows, one for each unit. */
const unitsOf = <D extends Real>(v: Value<D>, { batch, unit, units, scales }: Arrangement): Column<D> => ({
  values: reshape(v, [batch, units, unit]),
  rows: scales.map((s) => s.units),
})

function sumsOf<D extends Real>(
  terms: Terms<Differentiable<D>>,
  o: Value<D>,
  κ: Value<'bool'>,
  arrangement: Arrangement,
): Omit<Parts<D>, 'gradients'> {
  const kept = cast(κ, o.dtype)
  const { scales, emptyRows, batch } = arrangement
  const rows = scales.map((s, l) => (l === scales.length - 1 ? s.rows + emptyRows : s.rows)) // the empty ones add 0
  const ofRows = ({ value }: Differentiable<D>) => ({ values: value, rows })
  const ofCells = (v: Value<D>) => {
    const { values, rows: units } = unitsOf(v, arrangement)
    return [lineAddends(reduceSum(values, { axes: [2] }), units)]
  }
  const columns = ofEachTerm((name) => (name === 'conf' ? unitsOf(terms.conf.value, arrangement) : ofRows(terms[name])))
  const units = scales.map((s) => s.units)
  return {
    terms: sideBySide(columns),
    positives: ofCells(where(equal(o, 0), o.graph.scalar(0, o.dtype), 1)),
    ignore: ofCells(kept),
    ignored: ofCells(cast(not(κ), o.dtype)),
    ignoreMasks: split(kept, units, 2).map((part, l) => {
      const { h, w, a } = scales[l] as ScaleArrangement
      return reshape(part, [batch, h, w, a, 1])
    }),
  }
}
