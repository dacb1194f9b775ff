import { intOf, intsOf } from '../../graph/attribute.js'
import type { Dim } from '../../graph/model.js'
import { frontOf } from '../../graph/shape.js'
import type { Value } from '../../graph/value.js'
import { reduceSum } from '../../math.js'
import { concatAll, divide, slice, split } from '../../parts.js'
import { range } from '../../select.js'
import { reshape, shapeOf, squeeze, transpose, unsqueeze } from '../../shape.js'
import { type Applied, cannot, constantOf, operand, result, sizesOf, type V } from '../applied.js'
import { nothingLike, shapedLike, zerosLike } from '../axes.js'
import { type Part, type Rule, ruled } from '../rule.js'
import { framed, inserted, stepped } from '../window.js'

const reshaped = ruled('g in the shape of x', (n, g) => [shapedLike(g, operand(n))], [0])

function transposed(n: Applied, g: V): Part[] {
  const perm = intsOf(n, 'perm') ?? operand(n).shape.map((_, i, all) => all.length - 1 - i)
  const inverse = perm.map((_, axis) => perm.indexOf(axis))
  return [inverse.every((axis, i) => axis === i) ? g : transpose(g, inverse)]
}

/** Copies along each axis are summed: d → (times, d). */
function tiled(n: Applied, g: V): Part[] {
  const [from, to] = [sizesOf(n, operand(n)), sizesOf(n, result(n))]
  const apart = reshape(
    g,
    from.flatMap((d, i) => [(to[i] as number) / d, d]),
  )
  return [reduceSum(apart, { axes: from.map((_, i) => 2 * i) })]
}

function concatenated(n: Applied, g: V): Part[] {
  const axis = frontOf(intOf(n, 'axis', 0), g.shape.length)
  const sizes = n.x.map((v) => (v as Value).shape[axis] as Dim)
  if (sizes.every((size) => typeof size === 'number')) return split(g, sizes, axis)
  const counts = n.x.map((v) => slice(shapeOf(v as Value), `${axis}:${axis + 1}`))
  return divide(g, { counts: concatAll(counts, 0), sizes }, axis)
}

/** What no result is read of counts as zeros. */
function splits(n: Applied, g: readonly Part[]): Part[] {
  const axis = frontOf(intOf(n, 'axis', 0), operand(n).shape.length)
  const parts = n.y.map((_, i) => g[i] ?? nothingLike(result(n, i)))
  return [concatAll(parts, axis)]
}

/** Start, end and step of each axis, as Slice counts them. */
function rangesOf(n: Applied) {
  const sizes = sizesOf(n, operand(n))
  const [starts, ends] = [constantOf(n, 1) ?? [], constantOf(n, 2) ?? []]
  const axes = (constantOf(n, 3) ?? starts.map((_, i) => i)).map((axis) => frontOf(axis, sizes.length))
  const steps = constantOf(n, 4) ?? starts.map(() => 1)
  return axes.map((axis, i) => {
    const [size, step] = [sizes[axis] as number, steps[i] as number]
    const within = (at: number) => (at < 0 ? at + size : at)
    const start = Math.min(Math.max(within(starts[i] as number), 0), step < 0 ? size - 1 : size)
    return { axis, size, step, start, count: result(n).shape[axis] as number, end: ends[i] as number }
  })
}

/** Of open sizes: written to the places that the same slice of all places gives. */
function slicedOpen(n: Applied, g: V): Part[] {
  const x = operand(n)
  const axes = constantOf(n, 3) ?? x.shape.map((_, i) => i)
  const axis = frontOf(axes[0] as number, x.shape.length)
  if (axes.length !== 1) return cannot(n, 'takes several axes of open sizes', 'give the model fixed sizes first')
  const { graph } = n
  const size = squeeze(slice(shapeOf(x), `${axis}:${axis + 1}`), [0])
  const all = range(size, x.shape[axis] as Dim)
  const [, starts, ends, , steps] = n.x as Value[]
  const inputs = [all, starts, ends, graph.ints([0]), ...(steps ? [steps] : [])] as Value[]
  const places = graph.emit('Slice', inputs, ['int64', [g.shape[axis] as Dim]])
  const perm = [axis, ...x.shape.map((_, i) => i).filter((i) => i !== axis)]
  const turned = (v: V, by: readonly number[]) => (axis === 0 ? v : transpose(v, by))
  const none = turned(zerosLike(x), perm)
  const back = graph.emit('ScatterND', [none, unsqueeze(places, [1]), turned(g, perm)], [x.dtype, none.shape])
  return [
    turned(
      back,
      perm.map((_, i) => perm.indexOf(i)),
    ),
  ]
}

/** Put back among zeros: those between the entries of a step, and those before and after. */
function sliced(n: Applied, g: V): Part[] {
  if (operand(n).shape.some((d) => typeof d !== 'number')) return slicedOpen(n, g)
  const back = rangesOf(n).reduce<V>((v, { axis, size, step, start, count }) => {
    if (count === 0) return v
    const reach = (count - 1) * Math.abs(step) + 1
    const ordered = step < 0 ? stepped(v, [{ axis, start: -1, step: -1, count }]) : v
    const first = step < 0 ? start - reach + 1 : start
    return framed(inserted(ordered, axis, Math.abs(step)), [{ axis, before: first, after: size - first - reach }])
  }, g)
  return rangesOf(n).some(({ count }) => count === 0) ? [zerosLike(operand(n))] : [back]
}

function padded(n: Applied, g: V): Part[] {
  if (n.node.attributes.mode && (n.node.attributes.mode as { string?: string }).string !== 'constant')
    return cannot(n, 'pads with other entries of its operand')
  const rank = operand(n).shape.length
  const pads = n.x[1] ? constantOf(n, 1) : intsOf(n, 'pads')
  const axes = (constantOf(n, 3) ?? Array.from({ length: rank }, (_, i) => i)).map((axis) => frontOf(axis, rank))
  const frame = axes.map((axis, i) => ({
    axis,
    before: -(pads?.[i] as number),
    after: -(pads?.[axes.length + i] as number),
  }))
  return [framed(g, frame)]
}

/** Operators that give the same numbers in another shape or order, put them together or take them apart. */
export const movementRules: Readonly<Record<string, Rule>> = {
  Reshape: reshaped,
  Flatten: reshaped,
  Squeeze: reshaped,
  Unsqueeze: reshaped,
  Expand: ruled('Σ g along the axes spread', (_, g) => [g], [0]),
  Tile: ruled('Σ g of the copies', tiled, [0]),
  Transpose: ruled('g, the axes back', transposed, [0]),
  DepthToSpace: ruled('g, its space back to depth', (n, g) => [toDepth(n, g)], [0]),
  SpaceToDepth: ruled('g, its depth back to space', (n, g) => [toSpace(n, g)], [0]),
  Concat: ruled('g, taken apart', concatenated),
  Split: { formula: 'g of all parts, put together; zeros for those not read', by: [0], back: splits },
  Slice: ruled('g among zeros', sliced, [0]),
  Pad: ruled('g without the frame', padded, [0]),
}

/** `[N, C, H, W]` with axes of blocks: C = b·b·c in the order of DCR, else c·b·b. */
function toDepth(n: Applied, g: V): V {
  const b = intOf(n, 'blocksize', 1)
  const [N, C, H, W] = sizesOf(n, operand(n)) as [number, number, number, number]
  const blocks = reshape(g, [N, C / (b * b), H, b, W, b])
  const columnsFirst = (n.node.attributes.mode as { string?: string } | undefined)?.string === 'CRD'
  return reshape(transpose(blocks, columnsFirst ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4]), [N, C, H, W])
}

function toSpace(n: Applied, g: V): V {
  const b = intOf(n, 'blocksize', 1)
  const [N, C, H, W] = sizesOf(n, operand(n)) as [number, number, number, number]
  return reshape(transpose(reshape(g, [N, b, b, C, H / b, W / b]), [0, 3, 4, 1, 5, 2]), [N, C, H, W])
}
