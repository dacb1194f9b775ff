import { intOf, intsOf, textOf } from '../../graph/attribute.js'
import { tensorOf } from '../../graph/constants.js'
import type { Value } from '../../graph/value.js'
import { equal } from '../../logic.js'
import { add, div, mul, reduceSum } from '../../math.js'
import { filled } from '../../select.js'
import { cast, flatten, reshape, shapeOf, unsqueeze } from '../../shape.js'
import { type Applied, cannot, operand, result, sizesOf, type V } from '../applied.js'
import { shapedLike, spread } from '../axes.js'
import { type Geometry, geometryOf, taps } from '../geometry.js'
import { type Part, type Rule, ruled } from '../rule.js'
import { framed, inserted } from '../window.js'

const geometry = (n: Applied): Geometry => geometryOf(n, intsOf(n, 'kernel_shape') ?? [])

const overlap = ({ kernel, strides, dilations }: Geometry): boolean =>
  kernel.some((k, i) => (k - 1) * (dilations[i] as number) + 1 > (strides[i] as number))

/**
 * The places that MaxPool tells take g back: the first of those that tie, as PyTorch has it. They count through the whole
 * operand.
 */
function toPlaces(n: Applied, g: V): Part[] {
  const [x, at] = [operand(n), geometry(n)]
  if (overlap(at) && n.graph.opset < 16) return cannot(n, 'overlaps, which needs a sum over places, of opset 16')
  if (intOf(n, 'storage_order', 0) !== 0) return cannot(n, 'counts places by columns')
  const places = (n.y[1] ?? n.graph.extended(n.node, ['int64', result(n).shape])) as Value<'int64'>
  const row = flatten(x)
  const none = filled(shapeOf(row), row.shape, 0, x.dtype)
  const how = { axis: { int: 0 }, ...(overlap(at) && { reduction: { string: 'add' } }) }
  const back = n.graph.emit('ScatterElements', [none, flatten(places), flatten(g)], [x.dtype, row.shape], how)
  return [shapedLike(back, x)]
}

/** Entries of the results put where a tap met them, among zeros, in an operand with its padding. */
function putBack(v: V, tap: readonly number[], wide: readonly number[], at: Geometry): V {
  const apart = tap.reduce<V>((u, _, i) => inserted(u, i + 2, at.strides[i] as number), v)
  const frames = tap.map((k, i) => {
    const before = k * (at.dilations[i] as number)
    return { axis: i + 2, before, after: (wide[i] as number) - before - (apart.shape[i + 2] as number) }
  })
  return framed(apart, frames)
}

function framesOf({ before, after }: Geometry, sign: 1 | -1) {
  return before.map((p, i) => ({ axis: i + 2, before: sign * p, after: sign * (after[i] as number) }))
}

/** How many entries each window averages. */
function countsOf(n: Applied, at: Geometry, out: readonly number[]): readonly number[] {
  const all = intOf(n, 'count_include_pad', 0) === 1
  const behind = textOf(n, 'auto_pad', 'NOTSET') === 'NOTSET' ? intsOf(n, 'pads')?.slice(at.kernel.length) : at.after
  const along = at.kernel.map((k, i) =>
    Array.from({ length: out[i] as number }, (_, o) => {
      const size = operand(n).shape[i + 2] as number
      const end = all ? size + (behind?.[i] ?? 0) : size
      const start = all ? -(at.before[i] as number) : 0
      const from = o * (at.strides[i] as number) - (at.before[i] as number)
      const inside = Array.from({ length: k }, (_, t) => from + t * (at.dilations[i] as number))
      return inside.filter((p) => p >= start && p < end).length
    }),
  )
  return along.reduce<number[]>((rows, counts) => rows.flatMap((r) => counts.map((c) => r * c)), [1])
}

function averaged(n: Applied, g: V): Part[] {
  const at = geometry(n)
  const out = sizesOf(n, { shape: g.shape.slice(2) })
  const counts = n.graph.constant(tensorOf(g.dtype as 'float32', [1, 1, ...out], countsOf(n, at, out)), 'counts')
  const share = div(g, counts as V)
  const wide = operand(n)
    .shape.slice(2)
    .map((d, i) => (d as number) + (at.before[i] as number) + (at.after[i] as number))
  if (!overlap(at) && at.kernel.every((k, i) => k === at.strides[i] && (out[i] as number) * k === wide[i]))
    return [framed(repeated(share, at.kernel), framesOf(at, -1))]
  const parts = taps(at.kernel).map((tap) => putBack(share, tap, wide, at))
  return [
    framed(
      parts.reduce((a, b) => add(a, b)),
      framesOf(at, -1),
    ),
  ]
}

/** Each entry k times along each axis of space. */
function repeated(v: V, kernel: readonly number[]): V {
  const out = v.shape.slice(2) as number[]
  const apart = kernel.reduce<V>((u, _, i) => unsqueeze(u, [2 * i + 3]), v)
  const shape = [...v.shape.slice(0, 2), ...out.flatMap((o, i) => [o, kernel[i] as number])]
  const full = spread(apart, { ...apart, shape })
  return reshape(full, [...v.shape.slice(0, 2), ...out.map((o, i) => o * (kernel[i] as number))])
}

function overSpace(n: Applied, g: V): Part[] {
  const places = sizesOf(n, { shape: operand(n).shape.slice(2) }).reduce((a, d) => a * d, 1)
  return [spread(mul(g, 1 / places), operand(n))]
}

const space = (x: V): number[] => x.shape.slice(2).map((_, i) => i + 2)

function largestOfSpace(n: Applied, g: V): Part[] {
  const mask = cast(equal(operand(n), result(n)), g.dtype) as V
  return [mul(mask, div(g, reduceSum(mask, { axes: space(mask), keep: true })))]
}

/** Pooling. */
export const poolingRules: Readonly<Record<string, Rule>> = {
  MaxPool: ruled('g at the first largest entry of each window', toPlaces, [0]),
  AveragePool: ruled('Σ g/n of the windows around', averaged, [0]),
  GlobalAveragePool: ruled('g/n', overSpace, [0]),
  GlobalMaxPool: ruled('g where x = y, shared by those that tie', largestOfSpace, [0]),
}
