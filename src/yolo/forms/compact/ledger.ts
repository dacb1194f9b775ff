import type { Real } from '../../../io/index.js'
import { type Dim, product, type Value } from '../../../onnx/index.js'
import { equal, where } from '../../../onnx/logic.js'
import { add, mul } from '../../../onnx/math.js'
import { concat, concatAll, type Division, divide } from '../../../onnx/parts.js'
import { gather, range } from '../../../onnx/select.js'
import { expand, flatten, reshape, reshapeBy, shapeOf, unsqueeze } from '../../../onnx/shape.js'
import type { Positives } from '../../assignment/positives.js'
import { ofEachTerm, type Terms, termNames } from '../../config/vocabulary.js'
import type { Differentiable } from '../../formulas/bce.js'
import type { CellCount, Heads } from '../../heads/head.js'
import type { Adder } from '../../sums/addends.js'
import { type Ledger, type Scaling, termByTerm, times } from '../../sums/ledger.js'
import { stagedSum } from '../../sums/staged.js'

/** The background term of each cell `[N]`, how it divides among the scales, and what an image has of each. */
interface Cells<D extends Real> {
  readonly values: Value<D>
  readonly division: Division
  readonly perImage: readonly CellCount[]
}

/**
 * The sum over all rows, weighed side by side, and over the background: one sum, or one for each image. With components
 * each term has its rows, and the confidence the background as well.
 */
export function ledgerOf<D extends Real>(
  heads: Heads<D>,
  found: Positives<D>,
  row: Terms<Differentiable<D>>,
  cells: Cells<D>,
): Ledger {
  const together = ({ adder, factors }: Scaling): Value<D> => {
    const rows = concatAll(
      termNames.map((name) => times(row[name].value, factors[name])),
      1,
    )
    const background = times(cells.values, factors.conf)
    if (adder === 'all') return stagedSum([background, flatten(rows)], 'wide')
    const own = groupSums(lineOf(rows), flatten(found.at.b), { count: heads.B, size: heads.batch })
    return [reshape(own, [heads.batch]), ...ofCells({ ...cells, values: background }, heads, adder)].reduce(plus)
  }
  const ofScales = (adder: Adder): Terms<readonly Value<D>[]> => {
    const own = ofRows(heads, found, row, adder)
    const background = heads.graph.scope('conf', () => ofCells(cells, heads, adder))
    return { ...own, conf: own.conf.map((v, l) => add(v, background[l] as Value<D>)) }
  }
  return termByTerm(ofScales, together)
}

const plus = <D extends Real>(a: Value<D>, b: Value<D>): Value<D> => add(a, b)

/** Sum of each row `[T, k]`, as a line of a table: `[1, T]` */
const lineOf = <D extends Real>(rows: Value<D>): Value<D> =>
  unsqueeze(rows.shape[1] === 1 ? flatten(rows) : stagedSum([rows], 'narrow'), [0])

/** How many groups there are: as a value and as a dimension. */
interface Groups {
  readonly count: Value<'int64'>
  readonly size: Dim
}

/** Sums of lines `[k, T]` over the columns of each group, to which `owner` `[T]` says they belong: `[k, G]` */
function groupSums<D extends Real>(lines: Value<D>, owner: Value<'int64'>, { count, size }: Groups): Value<D> {
  const { graph } = lines
  const [k, T] = lines.shape as [number, Dim]
  const own = equal(unsqueeze(range(count, size), [1]), unsqueeze(owner, [0])) // [G, T]
  // Expanded, for ORT training derives no Where that spreads its inputs.
  const sizes = concat([graph.ints([k]), unsqueeze(count, [0]), shapeOf(owner)], 0)
  const all = expand(unsqueeze(lines, [1]), sizes, [k, size, T])
  // Selected: 0 · ∞ would spoil the other groups.
  return stagedSum([where(own, all, 0)], 'narrow')
}

/** Sums of the terms of rows at each scale, of all terms and scales in one go. */
function ofRows<D extends Real>(
  heads: Heads<D>,
  found: Positives<D>,
  row: Terms<Differentiable<D>>,
  adder: Adder,
): Terms<Value<D>[]> {
  const { graph, batch, B } = heads
  const scales = heads.scales.length
  const lines = concatAll(
    termNames.map((name) => lineOf(row[name].value)),
    0,
  )
  const byImage = adder === 'byImage'
  const owner = byImage ? add(mul(found.scale, B), flatten(found.at.b)) : found.scale
  const groups = byImage
    ? { count: mul(B, scales), size: product([scales, batch]) }
    : { count: graph.scalar(scales, 'int64'), size: scales }
  const count = termNames.length * scales
  const sums = reshape(groupSums(lines, owner, groups), byImage ? [count, batch] : [count])
  const at = (i: number, l: number) => gather(sums, graph.scalar(i * scales + l, 'int64'))
  return ofEachTerm((name) => heads.scales.map((_, l) => at(termNames.indexOf(name), l)))
}

/** Sums of the background at each scale. */
const ofCells = <D extends Real>({ values, division, perImage }: Cells<D>, heads: Heads<D>, adder: Adder): Value<D>[] =>
  divide(values, division).map((part, l) => {
    if (adder === 'all') return stagedSum([part], 'wide')
    const [size, count] = perImage[l] as CellCount
    // Not [B, -1]: of no images nothing would tell the other size.
    const ofImages = reshapeBy(part, concat([heads.graph.ints([-1]), count], 0), [heads.batch, size])
    return stagedSum([ofImages], 'narrow')
  })
