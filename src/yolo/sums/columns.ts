import type { Real } from '../../io/index.js'
import { tensorOf, type Value } from '../../onnx/index.js'
import { concatAll, mul, reduceSum, split } from '../../onnx/ops/index.js'
import { type TermName, type Terms, termNames } from '../config/vocabulary.js'
import type { Lines } from './summands.js'

/** Entries of rows of each image `[B, n, k]`, those of each scale one after another in these numbers. */
export interface Entries<D extends Real = Real> {
  readonly entries: Value<D>
  readonly scale: readonly number[]
}

/** Terms of known sizes, which are added up side by side: a node does for all of them what else each would need. */
export interface Columns<D extends Real = Real> {
  readonly columns: Terms<Lines<D> | Entries<D>>
}

/** Numbers of each image side by side `[B, M]`, and of which term each is. */
export interface Table<D extends Real = Real> {
  readonly values: Value<D>
  readonly parts: readonly { readonly term: TermName; readonly size: number }[]
}

const width = (v: Value): number => v.shape.at(-1) as number

/** A table that no one will take apart by scales: the entries of all rows are added up. */
export function byEntry<D extends Real>({ columns }: Columns<D>): Table<D> {
  const each = termNames.map((term) => ({ term, part: columns[term] }))
  const rows = each.flatMap(({ term, part }) => ('entries' in part ? [{ term, v: part.entries }] : []))
  const lines = each.flatMap(({ term, part }) => ('lines' in part ? [{ term, v: part.lines }] : []))
  const sums = reduceSum(
    concatAll(
      rows.map(({ v }) => v),
      2,
    ),
    { axes: [1] },
  )
  const values = concatAll([sums, ...lines.map(({ v }) => v)], 1)
  return { values, parts: [...rows, ...lines].map(({ term, v }) => ({ term, size: width(v) })) }
}

/** A table of the rows and lines of each scale, term by term and scale by scale. */
export function byScale<D extends Real>({ columns }: Columns<D>): Table<D> {
  const lines = termNames.map((term) => ({ term, ...linesOf(columns[term]) }))
  const values = concatAll(
    lines.map((s) => s.lines),
    1,
  )
  return { values, parts: lines.flatMap(({ term, scale }) => scale.map((size) => ({ term, size }))) }
}

const linesOf = <D extends Real>(part: Lines<D> | Entries<D>): Lines<D> =>
  'lines' in part ? part : { lines: reduceSum(part.entries, { axes: [2] }), scale: part.scale }

/** Every number times the factor of its term. */
export function weighed<D extends Real>({ values, parts }: Table<D>, factors: Terms<number>): Table<D> {
  const row = parts.flatMap(({ term, size }) => Array<number>(size).fill(factors[term]))
  const constant = values.graph.constant(tensorOf(values.dtype, [row.length], row), 'factors')
  return { values: mul(values, constant), parts }
}

/** The parts of a table. Cut twice: WebGPU promises a shader eight buffers, and a Split takes one for each part. */
export function takenApart<D extends Real>({ values, parts }: Table<D>): Terms<Value<D>[]> {
  const sizes = (name: TermName) => parts.filter(({ term }) => term === name).map(({ size }) => size)
  const widths = termNames.map((name) => sizes(name).reduce((a, b) => a + b, 0))
  const [xy, wh, conf, cls] = split(values, widths, 1) as [Value<D>, Value<D>, Value<D>, Value<D>]
  const apart = (v: Value<D>, name: TermName) => split(v, sizes(name), 1)
  return { xy: apart(xy, 'xy'), wh: apart(wh, 'wh'), conf: apart(conf, 'conf'), class: apart(cls, 'class') }
}
