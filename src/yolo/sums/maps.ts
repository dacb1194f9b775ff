import type { Real } from '../../io/index.js'
import { product, type Value } from '../../onnx/index.js'
import { mul } from '../../onnx/math.js'
import { concat } from '../../onnx/parts.js'
import { flatten, reshape, reshapeBy, unsqueeze } from '../../onnx/shape.js'
import { type Terms, termNames } from '../config/vocabulary.js'
import type { CellCount } from '../heads/head.js'
import type { Adder } from './addends.js'
import { type Scaling, times } from './ledger.js'
import { stagedSum } from './staged.js'

/** Values of all cells of all images at one scale, of each as many: `[B, h, w, A, k]`. */
export interface TermMap<D extends Real = Real> {
  readonly values: Value<D>
  /** Cells of an image. */
  readonly cells: CellCount
}

/** Everything in one row, or a row for each image. */
function laidOut<D extends Real>({ values, cells: [cells, size] }: TermMap<D>, adder: Adder): Value<D> {
  if (adder === 'all') return flatten(values)
  const { graph, shape } = values
  const [batch, k] = [shape[0] as number | string, shape.at(-1) as number]
  const row = product([cells, k])
  if (typeof row === 'number') return reshape(values, [batch, row])
  // Not [B, -1]: of no images nothing would tell the other size.
  return reshapeBy(values, concat([graph.ints([-1]), k === 1 ? size : mul(size, k)], 0), [batch, row])
}

const cutFor = (adder: Adder) => (adder === 'all' ? 'wide' : 'narrow')

/** The sum of a map. */
export const mapSum = <D extends Real>(map: TermMap<D>, adder: Adder): Value<D> =>
  stagedSum([laidOut(map, adder)], cutFor(adder))

/** The weighted sum of the maps of all terms, as one. */
export function totalOf(maps: readonly Terms<TermMap>[], { adder, factors }: Scaling): Value<Real> {
  const rows = maps.flatMap((of) => termNames.map((name) => times(laidOut(of[name], adder), factors[name])))
  return stagedSum(rows, cutFor(adder))
}

/** The sum over the last axis, which stays as 1: weighed afterwards in one number instead of many. */
export const entrySum = <D extends Real>(values: Value<D>): Value<D> => unsqueeze(stagedSum([values], 'narrow'), [-1])
