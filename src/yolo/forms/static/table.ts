import type { Real } from '../../../io/index.js'
import { type Graph, product, tensorOf, type Value } from '../../../onnx/index.js'
import { div, mul } from '../../../onnx/math.js'
import { concatAll, split } from '../../../onnx/parts.js'
import { gather } from '../../../onnx/select.js'
import { reshape, squeeze, transpose, unsqueeze } from '../../../onnx/shape.js'
import { ofEachTerm, type Terms, termNames } from '../../config/vocabulary.js'
import { sum } from '../../formulas/sum.js'
import type { Adder } from '../../sums/addends.js'
import { type Ledger, over, type Scaling, times } from '../../sums/ledger.js'
import { longest, stagedSum, stagesOf } from '../../sums/staged.js'

/** What a term has for each image: entries of rows `[B, R, k]`, those of each scale in turn. */
export interface Column<D extends Real = Real> {
  readonly values: Value<D>
  /** How many rows each scale has. */
  readonly rows: readonly number[]
}

/** All numbers side by side, those of each image by themselves where they are wanted so, and added up. */
function together(columns: Terms<Column>, { adder, factors }: Scaling): Value<Real> {
  const parts = termNames.map((name) => {
    const { values } = columns[name]
    const [batch, ...rest] = values.shape as [number, ...number[]]
    const size = product(rest) as number
    return times(reshape(values, adder === 'all' ? [batch * size] : [batch, size]), factors[name])
  })
  return stagedSum(parts, 'wide')
}

/** Sums of each term at each scale in turn, `[4·L]` or `[B, 4·L]`: their rows are gathered to lines of one length. */
function sumsOf(columns: Terms<Column>, adder: Adder): Value<Real> {
  const each = termNames.map((name) => stagedSum([columns[name].values], 'narrow')) // [B, R]
  const [{ graph, dtype, shape }] = each as [Value<Real>]
  const [batch] = shape as [number]
  const none = graph.constant(tensorOf(dtype, [batch, 1], Array<number>(batch).fill(0)), 'noRow')
  const places = linesOf(
    graph,
    termNames.flatMap((name) => columns[name].rows),
  )
  const lines = gather(concatAll([...each, none], 1), places, 1) // [B, 4·L, K]
  const ofImages = stagedSum([lines], 'narrow')
  return adder === 'byImage' ? ofImages : stagedSum([transpose(ofImages, [1, 0])], 'narrow')
}

/** Places of so many numbers one after another, a line for each count, filled up with that behind all: `[n, K]` */
function linesOf(graph: Graph, counts: readonly number[]): Value<'int64'> {
  const length = product(stagesOf(Math.max(...counts), longest)) as number
  const none = sum(counts)
  let start = 0
  const lines = counts.map((count) => {
    const line = Array.from({ length }, (_, k) => (k < count ? start + k : none))
    start += count
    return line
  })
  return graph.constant(tensorOf('int64', [counts.length, length], lines.flat()), 'lines')
}

/** Every sum times the factor of its term, divided by the normaliser. */
function weighed(sums: Value<Real>, scales: number, { factors, normalizer, adder }: Scaling): Value<Real> {
  const divisor = typeof normalizer === 'number' ? normalizer : 1
  const row = termNames.flatMap((name) => Array<number>(scales).fill(factors[name] / divisor))
  const product = mul(sums, sums.graph.constant(tensorOf(sums.dtype, [row.length], row), 'factors'))
  if (typeof normalizer !== 'object') return product
  return div(product, adder === 'byImage' ? unsqueeze(normalizer, [1]) : normalizer)
}

/** The sums by term and scale. Cut twice: WebGPU promises a shader eight buffers, and a Split takes one for each part. */
function takenApart(sums: Value<Real>, scales: number): Terms<readonly Value<Real>[]> {
  const cut = (v: Value<Real>, count: number, size: number) => split(v, Array<number>(count).fill(size), -1)
  const ofTerms = cut(sums, termNames.length, scales)
  return ofEachTerm((name) =>
    cut(ofTerms[termNames.indexOf(name)] as Value<Real>, scales, 1).map((v) => squeeze(v, [-1])),
  )
}

/** Terms of known sizes, added up side by side: a node does for all of them what else each would need. */
export const sideBySide =
  (columns: Terms<Column>): Ledger =>
  (scaling, scales) =>
    scaling.graph.scope('loss', () => {
      if (scales === 0) return { loss: over(together(columns, scaling), scaling), scales: [] }
      const sums = weighed(sumsOf(columns, scaling.adder), scales, scaling)
      const parts = takenApart(sums, scales)
      const all = Array.from({ length: scales }, (_, l) => ofEachTerm((name) => parts[name][l] as Value<Real>))
      return { loss: stagedSum([sums], 'narrow'), scales: all }
    })
