import type { Real } from '../../../io/index.js'
import { tensorOf, type Value } from '../../../onnx/index.js'
import { where } from '../../../onnx/logic.js'
import { mul } from '../../../onnx/math.js'
import { concat, concatAll, split } from '../../../onnx/parts.js'
import { gatherRows, scatterRows } from '../../../onnx/select.js'
import { cast, expand, reshape, unsqueeze } from '../../../onnx/shape.js'
import { objectness, scatterPlaces, sizesOfTable } from '../../assignment/narrow/labels.js'
import type { BoxTable } from '../../assignment/narrow/table.js'
import { ofEachTerm } from '../../config/vocabulary.js'
import { type LabelledHead, objectnessUnit, ofEach } from '../../heads/head.js'
import type { Arrangement } from './arrangement.js'
import { asLogits, type Gradients } from './gradient.js'
import { emptyRows, logitsOf, type Rows, type Taken } from './objects.js'

/** Boxes at all scales as the static form takes them, T rows for each. */
export interface LaidOut<D extends Real = Real> {
  readonly taken: Taken<D>
  /** Objectness labels of all cells `[B, N, 1]`. */
  readonly o: Value<D>
  /** Image and place of each row among the cells of all scales, N for none, as numbers and as integers: `[B, R, 2]` */
  readonly places: Value<'float32'>
  readonly index: Value<'int64'>
}

/** The rows of boxes, in the place of those that are taken out of labels. */
export function rowsOfBoxes<D extends Real>(table: BoxTable, t: Rows<D>['t'], arrangement: Arrangement): LaidOut<D> {
  const { graph } = table.grids
  const { dtype } = t[0] as Value<D>
  const { B, L, T, C, N } = sizesOfTable(table)
  return graph.scope('laidOut', () => {
    const known = unsqueeze(concat([table.fractions, table.anchor], 2), [1]) // [B, 1, T, 6]
    const frames = concat([expand(known, graph.ints([B, L, T, 6]), [B, L, T, 6]), table.cell], 3)
    const o = objectness(table)
    const filled = (v: Value<'float32'>, k: number, empty: number) => {
      const rows = cast(reshape(v, [B, L * T, k]), dtype)
      return concatAll([rows, ...emptyRows(rows, arrangement, empty)], 1)
    }
    const [raw, a, c] = split(filled(frames, 8, 1), [4, 2, 2], 2)
    const [obj, cls] = split(filled(concat([o, table.classes], 3), 1 + C, 0), [1, C], 2)
    const own = reshape(where(table.winner, table.place, 0), [B, L * T, 1])
    // Numbers are divided, and then cast, for WebGPU divides no integers.
    const at = split(own, Array<number>(L).fill(T), 1).map((v) => cast(v, 'int64'))
    const written = scatterPlaces(table)
    const places = concatAll([written, ...behind(written, arrangement)], 1)
    const index = cast(places, 'int64')
    const shape = [B, N + 1, 1]
    const none = expand(graph.scalar(0, dtype), graph.ints(shape), shape)
    const [cells] = split(scatterRows(none, index, obj), [N, 1], 1)
    return { taken: { raw, c, a, obj, cls, t: logitsOf(t, at, arrangement) }, o: cells, places, index }
  })
}

/** Places of the empty rows: image and cell N. */
function behind({ graph }: Value<'float32'>, { batch, cells, emptyRows: count }: Arrangement): Value<'float32'>[] {
  if (count === 0) return []
  const places = Array.from({ length: batch }, (_, b) => Array.from({ length: count }, () => [b, cells]))
  return [graph.constant(tensorOf('float32', [batch, count, 2], places.flat(2)), 'emptyPlaces')]
}

/**
 * Derivatives by the logits of each scale: the slopes of all objectness with zeros around, those of the objects written
 * over them. Rows that are no objects write into a cell behind the last.
 */
export const boxGradients =
  <D extends Real>({ places, index }: LaidOut<D>): Gradients<D> =>
  (heads, terms, { batch, cells, scales }, share) => {
    const { graph, dtype } = heads
    const parts = graph.scope('gradient', () => {
      const beyond = graph.constant(tensorOf(dtype, [batch, 1, 1], Array<number>(batch).fill(0)), 'beyond')
      const conf = concat([reshape(terms.conf.slope, [batch, cells, 1]), beyond], 1)
      const [, at] = split(places, [1, 1], 2)
      const slopes = { ...ofEachTerm((name) => terms[name].slope), conf: gatherRows(conf, cast(at, 'int64')) }
      const unit = share({ conf: objectnessUnit(heads.scales[0] as LabelledHead<D>) })
      const whole = scatterRows(mul(conf, unit), index, share(slopes, 2))
      return split(whole, [...scales.map((s) => s.cells), 1], 1)
    })
    return ofEach(heads.scales, (head, l) => asLogits(parts[l] as Value<D>, head))
  }
