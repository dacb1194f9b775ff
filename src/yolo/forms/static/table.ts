import type { Real } from '../../../io/index.js'
import { tensorOf, type Value } from '../../../onnx/index.js'
import { div, mul, reduceSum } from '../../../onnx/math.js'
import { concatAll, split } from '../../../onnx/parts.js'
import { ofEachTerm, type TermName, type Terms, termNames } from '../../config/vocabulary.js'
import { mapAddends } from '../../sums/addends.js'
import type { Ledger, Scaling } from '../../sums/ledger.js'

/** What a term has for each image: entries of its rows `[B, R, k]`, or sums of parts `[B, R]`; rows of each scale in turn. */
export interface Column<D extends Real = Real> {
  readonly values: Value<D>
  /** How many rows each scale has. */
  readonly rows: readonly number[]
}

/** Numbers of each image side by side `[B, M]`, and how many of them each term has, in parts. */
interface Table {
  readonly values: Value<Real>
  readonly parts: readonly { readonly term: TermName; readonly size: number }[]
}

const width = (v: Value): number => v.shape.at(-1) as number

/** A table that no one will take apart by scales: the entries of all rows are added up. */
function overRows(columns: Terms<Column>): Table {
  const each = termNames.map((term) => ({ term, v: columns[term].values }))
  const [entries, sums] = [3, 2].map((rank) => each.filter(({ v }) => v.shape.length === rank)) as [Each, Each]
  const all = concatAll(
    entries.map(({ v }) => v),
    2,
  )
  const values = concatAll([reduceSum(all, { axes: [1] }), ...sums.map(({ v }) => v)], 1)
  return { values, parts: [...entries, ...sums].map(({ term, v }) => ({ term, size: width(v) })) }
}

type Each = { readonly term: TermName; readonly v: Value<Real> }[]

/** A table of the rows of each scale, term by term and scale by scale. */
function overEntries(columns: Terms<Column>): Table {
  const sums = termNames.map((term) => {
    const { values } = columns[term]
    return values.shape.length === 3 ? reduceSum(values, { axes: [2] }) : values
  })
  const parts = termNames.flatMap((term) => columns[term].rows.map((size) => ({ term, size })))
  return { values: concatAll(sums, 1), parts }
}

/** Every number times the factor of its term, divided by the normaliser. */
function weighed({ values, parts }: Table, { factors, normalizer }: Scaling): Table {
  const divisor = typeof normalizer === 'number' ? normalizer : 1
  const row = parts.flatMap(({ term, size }) => Array<number>(size).fill(factors[term] / divisor))
  const constant = values.graph.constant(tensorOf(values.dtype, [row.length], row), 'factors')
  const product = mul(values, constant)
  return { values: typeof normalizer === 'object' ? div(product, normalizer) : product, parts }
}

/** The parts of a table. Cut twice: WebGPU promises a shader eight buffers, and a Split takes one for each part. */
function takenApart({ values, parts }: Table): Terms<readonly Value<Real>[]> {
  const sizes = (name: TermName) => parts.filter(({ term }) => term === name).map(({ size }) => size)
  const widths = termNames.map((name) => sizes(name).reduce((a, b) => a + b, 0))
  const ofTerms = split(values, widths, 1)
  return ofEachTerm((name) => split(ofTerms[termNames.indexOf(name)] as Value<Real>, sizes(name), 1))
}

/** Terms of known sizes, added up side by side: a node does for all of them what else each would need. */
export const sideBySide =
  (columns: Terms<Column>): Ledger =>
  (scaling, scales) => {
    const { graph, adder } = scaling
    const inLoss = <T>(make: () => T): T => graph.scope('loss', make)
    const sum = (v: Value<Real>) => mapAddends(v, 0)[adder]()
    const table = inLoss(() => weighed(scales === 0 ? overRows(columns) : overEntries(columns), scaling))
    const loss = inLoss(() => sum(table.values))
    if (scales === 0) return { loss, scales: [] }
    const parts = inLoss(() => takenApart(table))
    const of = (name: TermName, l: number) => graph.scope(name, () => sum(parts[name][l] as Value<Real>))
    return { loss, scales: Array.from({ length: scales }, (_, l) => ofEachTerm((name) => of(name, l))) }
  }
