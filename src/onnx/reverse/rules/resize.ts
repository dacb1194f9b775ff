import { textOf } from '../../graph/attribute.js'
import { tensorOf } from '../../graph/constants.js'
import { matMul, reduceSum } from '../../math.js'
import { reshape, transpose } from '../../shape.js'
import { type Applied, cannot, constantOf, operand, result, sizesOf, type V } from '../applied.js'
import { type Part, type Rule, ruled } from '../rule.js'
import { turned } from './matrices.js'

/** Where an entry of the result lies among those of the operand. Source: ONNX, Resize, `coordinate_transformation_mode`. */
type Coordinate = (o: number, scale: number, from: number, to: number) => number

const coordinates: Readonly<Record<string, Coordinate>> = {
  half_pixel: (o, s) => (o + 0.5) / s - 0.5,
  pytorch_half_pixel: (o, s, _, to) => (to > 1 ? (o + 0.5) / s - 0.5 : 0),
  align_corners: (o, _, from, to) => (to > 1 ? (o * (from - 1)) / (to - 1) : 0),
  asymmetric: (o, s) => o / s,
  half_pixel_symmetric: (o, s, from, to) => {
    const adjustment = to / (s * from)
    return from / 2 - (adjustment * from) / 2 + (o + 0.5) / s - 0.5
  },
}

/** Which entry the nearest is. Source: ONNX, Resize, `nearest_mode`. */
const nearest: Readonly<Record<string, (x: number) => number>> = {
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
}

/** Share of each entry of the operand in each of the result: `[to][from]`. */
function shares(n: Applied, from: number, to: number, scale: number): number[][] {
  const mode = textOf(n, 'mode', 'nearest')
  const place = coordinates[textOf(n, 'coordinate_transformation_mode', 'half_pixel')]
  const near = nearest[textOf(n, 'nearest_mode', 'round_prefer_floor')]
  if (!place || !near || (mode !== 'nearest' && mode !== 'linear'))
    return cannot(n, `resizes by ${mode} in a way that has no rule`)
  const clamp = (i: number) => Math.min(Math.max(i, 0), from - 1)
  return Array.from({ length: to }, (_, o) => {
    const x = place(o, scale, from, to)
    const row = Array<number>(from).fill(0)
    const give = (i: number, share: number) => {
      row[clamp(i)] = (row[clamp(i)] as number) + share
    }
    if (mode === 'nearest') give(near(x), 1)
    else {
      const low = Math.floor(x)
      give(low, 1 - (x - low))
      give(low + 1, x - low)
    }
    return row
  })
}

/** Whether each entry is simply repeated k times. */
const repeats = (rows: readonly (readonly number[])[], k: number): boolean =>
  rows.every((row, o) => row[Math.floor(o / k)] === 1)

/** Scale of an axis: what the node says, else the ratio of the sizes. */
function scaleOf(n: Applied, axis: number, from: number, to: number): number {
  const given = n.x[2] && constantOf(n, 2)
  return given && given.length > axis ? (given[axis] as number) : to / from
}

function resized(n: Applied, g: V): Part[] {
  if (n.node.attributes.axes || textOf(n, 'coordinate_transformation_mode', '') === 'tf_crop_and_resize')
    return cannot(n, 'crops, or names axes')
  const [from, to] = [sizesOf(n, operand(n)), sizesOf(n, result(n))]
  return [from.reduce<V>((v, size, axis) => along(n, v, axis, size, to[axis] as number), g)]
}

/** Summed back along one axis: the copies of each entry, or with the shares that they have. */
function along(n: Applied, g: V, axis: number, from: number, to: number): V {
  const scale = scaleOf(n, axis, from, to)
  if (from === to && scale === 1) return g
  const rows = shares(n, from, to, scale)
  const k = to / from
  if (Number.isInteger(k) && repeats(rows, k)) {
    const apart = reshape(
      g,
      g.shape.flatMap((d, i) => (i === axis ? [from, k] : [d])),
    )
    return reduceSum(apart, { axes: [axis + 1] })
  }
  const table = n.graph.constant(tensorOf(g.dtype as 'float32', [to, from], rows.flat()), 'shares') as V
  const last = g.shape.length - 1
  if (axis === last) return matMul(g, table)
  if (axis === last - 1) return turned(matMul(turned(g), table))
  const swap = g.shape.map((_, i) => (i === axis ? last : i === last ? axis : i))
  return transpose(matMul(transpose(g, swap), table), swap)
}

/** Enlarging and reducing. */
export const resizeRules: Readonly<Record<string, Rule>> = {
  Resize: ruled('Σ g·share along each axis', resized, [0]),
}
