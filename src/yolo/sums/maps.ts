import type { Real } from '../../io/index.js'
import { product, type Value } from '../../onnx/index.js'
import { mul, reduceSum } from '../../onnx/math.js'
import { concat, concatAll, split } from '../../onnx/parts.js'
import { flatten, reshape, reshapeBy, transpose, unsqueeze } from '../../onnx/shape.js'
import { ofEachTerm, type Terms, termNames } from '../config/vocabulary.js'
import { type CellCount, ofImages } from '../heads/head.js'
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

/** Numbers of all cells, or of those of each image, as a line for each of the k: `[k, n]` or `[B, k, n]`. */
function inLines<D extends Real>({ values, cells }: TermMap<D>, adder: Adder): Value<D> {
  const k = values.shape.at(-1) as number
  if (adder === 'all') return transpose(reshape(values, [product(values.shape.slice(0, -1)), k]), [1, 0])
  return transpose(ofImages(values, cells, [], [k]), [0, 2, 1])
}

/** The sum of the map of each term at one scale, all in one go. */
export function mapSums<D extends Real>(maps: Terms<TermMap<D>>, adder: Adder): Terms<Value<D>> {
  const all = termNames.map((name) => maps[name].values)
  const values = concatAll(all, -1)
  const sums = stagedSum([inLines({ values, cells: maps.xy.cells }, adder)], cutFor(adder))
  const widths = all.map(({ shape }) => shape.at(-1) as number)
  const parts = split(sums, widths, adder === 'all' ? 0 : 1)
  return ofEachTerm((name) => reduceSum(parts[termNames.indexOf(name)] as Value<D>, { axes: [-1] }))
}

/** The weighted sum of the maps of all terms, as one. */
export function totalOf(maps: readonly Terms<TermMap>[], { adder, factors }: Scaling): Value<Real> {
  const rows = maps.flatMap((of) => termNames.map((name) => times(laidOut(of[name], adder), factors[name])))
  return stagedSum(rows, cutFor(adder))
}

/** The sum over the last axis, which stays as 1: weighed afterwards in one number instead of many. */
export const entrySum = <D extends Real>(values: Value<D>): Value<D> => unsqueeze(stagedSum([values], 'narrow'), [-1])
