import { sizeOf } from '../../../io/index.js'
import { intOf, intsOf, textOf } from '../../graph/attribute.js'
import { frontOf } from '../../graph/shape.js'
import { type Asked, cannotTell, given, type Inference, type Known, moved, numbersOf } from '../known.js'

/** Axes of an operand or of an attribute, counted from the front. */
const axesOf = (n: Asked, place: number, rank: number): number[] | undefined =>
  (n.x[place] ? numbersOf(n, place) : intsOf(n, 'axes'))?.map((axis) => frontOf(axis, rank))

const shaped = (x: Known, shape: readonly number[]): Known[] => [{ ...x, shape }]

const reshape: Inference = (n) => {
  const x = given(n)
  const asked = n.x[1] ? numbersOf(n, 1) : (intsOf(n, 'shape') ?? [])
  const zeros = intOf(n, 'allowzero', 0) === 1
  const copied = asked.map((d, i) => (d === 0 && !zeros ? (x.shape[i] as number) : d))
  const rest = sizeOf(copied.filter((d) => d !== -1))
  return shaped(
    x,
    copied.map((d) => (d === -1 ? (rest === 0 ? 0 : sizeOf(x.shape) / rest) : d)),
  )
}

const flatten: Inference = (n) => {
  const x = given(n)
  const axis = frontOf(intOf(n, 'axis', 1), x.shape.length)
  return shaped(x, [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))])
}

const squeeze: Inference = (n) => {
  const x = given(n)
  const axes = axesOf(n, 1, x.shape.length)
  return shaped(
    x,
    x.shape.filter((d, i) => (axes ? !axes.includes(i) : d !== 1)),
  )
}

const unsqueeze: Inference = (n) => {
  const x = given(n)
  const asked = n.x[1] ? numbersOf(n, 1) : (intsOf(n, 'axes') ?? [])
  const rank = x.shape.length + asked.length
  const axes = asked.map((axis) => frontOf(axis, rank))
  const rest = [...x.shape]
  return shaped(
    x,
    Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : (rest.shift() as number))),
  )
}

const transpose: Inference = (n) => {
  const x = given(n)
  const perm = intsOf(n, 'perm') ?? x.shape.map((_, i) => x.shape.length - 1 - i)
  const shape = perm.map((i) => x.shape[i] as number)
  return [moved(x, shape, (index) => perm.map((_, i) => index[perm.indexOf(i)] as number))]
}

const expand: Inference = (n) => {
  const x = given(n)
  const to = numbersOf(n, 1)
  const rank = Math.max(x.shape.length, to.length)
  const at = (of: readonly number[], i: number) => of[i - rank + of.length] ?? 1
  const shape = Array.from({ length: rank }, (_, i) => (at(x.shape, i) === 1 ? at(to, i) : at(x.shape, i)))
  const lead = rank - x.shape.length
  return [moved(x, shape, (index) => x.shape.map((d, i) => (d === 1 ? 0 : (index[i + lead] as number))))]
}

const tile: Inference = (n) => {
  const { dtype, shape } = given(n)
  const times = numbersOf(n, 1)
  return [{ dtype, shape: shape.map((d, i) => d * (times[i] as number)) }]
}

const concat: Inference = (n) => {
  const first = given(n)
  const axis = frontOf(intOf(n, 'axis', 0), first.shape.length)
  const parts = n.x.map((_, i) => given(n, i))
  const shape = first.shape.with(
    axis,
    parts.reduce((sum, { shape }) => sum + (shape[axis] as number), 0),
  )
  const values = shape.length === 1 && parts.every((p) => p.values) ? parts.flatMap((p) => p.values ?? []) : undefined
  return [{ dtype: first.dtype, shape, ...(values && { values }) }]
}

const split: Inference = (n) => {
  const { dtype, shape, values } = given(n)
  const axis = frontOf(intOf(n, 'axis', 0), shape.length)
  const count = n.node.outputs.length
  const size = shape[axis] as number
  const even = Math.ceil(size / count)
  const sizes =
    (n.x[1] ? numbersOf(n, 1) : intsOf(n, 'split')) ??
    Array.from({ length: count }, (_, i) => Math.min(even, size - i * even))
  let start = 0
  return sizes.map((own) => {
    const part = values && shape.length === 1 ? values.slice(start, start + own) : undefined
    start += own
    return { dtype, shape: shape.with(axis, own), ...(part && { values: part }) }
  })
}

/** Start, step and number of the entries that Slice takes of an axis. */
function taken(size: number, start: number, end: number, step: number) {
  const within = (at: number, low: number, high: number) => Math.min(Math.max(at < 0 ? at + size : at, low), high)
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1]
  const first = within(start, Math.max(low, 0), high)
  return { first, step, count: Math.max(0, Math.ceil((within(end, low, high) - first) / step)) }
}

const slice: Inference = (n) => {
  const x = given(n)
  const [starts, ends] = n.x[1]
    ? [numbersOf(n, 1), numbersOf(n, 2)]
    : [intsOf(n, 'starts') ?? [], intsOf(n, 'ends') ?? []]
  const axes = axesOf(n, 3, x.shape.length) ?? starts.map((_, i) => i)
  const steps = n.x[4] ? numbersOf(n, 4) : starts.map(() => 1)
  const ranges = new Map(
    axes.map((axis, i) => [
      axis,
      taken(x.shape[axis] as number, starts[i] as number, ends[i] as number, steps[i] as number),
    ]),
  )
  const shape = x.shape.map((d, axis) => ranges.get(axis)?.count ?? d)
  const from = (i: number, axis: number) => {
    const range = ranges.get(axis)
    return range ? range.first + i * range.step : i
  }
  return [moved(x, shape, (index) => index.map(from))]
}

const pad: Inference = (n) => {
  const { dtype, shape } = given(n)
  const pads = n.x[1] ? numbersOf(n, 1) : (intsOf(n, 'pads') ?? [])
  const axes = axesOf(n, 3, shape.length) ?? shape.map((_, i) => i)
  const grown = axes.map((axis, i) => [axis, (pads[i] as number) + (pads[i + axes.length] as number)] as const)
  return [{ dtype, shape: grown.reduce((s, [axis, more]) => s.with(axis, (s[axis] as number) + more), [...shape]) }]
}

const blocks =
  (deeper: boolean): Inference =>
  (n) => {
    const b = intOf(n, 'blocksize', 1)
    const {
      dtype,
      shape: [N = 0, C = 0, H = 0, W = 0],
    } = given(n)
    return [{ dtype, shape: deeper ? [N, C * b * b, H / b, W / b] : [N, C / (b * b), H * b, W * b] }]
  }

/** How much an axis grows, as sizes say or scales. */
const resize: Inference = (n) => {
  const { dtype, shape } = given(n)
  if (n.node.attributes.axes) return cannotTell(n, 'names axes')
  const isUpsample = n.node.op === 'Upsample' || n.opset < 11
  const [scales, sizes] = isUpsample ? [n.x[1], undefined] : [n.x[2], n.x[3]]
  if (sizes?.values && sizes.values.length > 0) {
    if (textOf(n, 'keep_aspect_ratio_policy', 'stretch') !== 'stretch') return cannotTell(n, 'keeps the aspect ratio')
    return [{ dtype, shape: [...sizes.values] }]
  }
  const by = scales?.values ?? cannotTell(n, 'has scales that are not known')
  return [{ dtype, shape: shape.map((d, i) => Math.floor(d * (by[i] as number))) }]
}

/** Operators that move, take apart and put together. */
export const movementInference: Readonly<Record<string, Inference>> = {
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Expand: expand,
  Tile: tile,
  Concat: concat,
  Split: split,
  Slice: slice,
  Pad: pad,
  DepthToSpace: blocks(false),
  SpaceToDepth: blocks(true),
  Resize: resize,
  Upsample: resize,
}
