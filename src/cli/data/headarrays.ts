import { quoted, refuse } from '../../io/index.js'
import { fromLabelOrder, headShape, sizesOf, toLabelOrder } from '../../verify/index.js'
import { boxEntries, type Layout, type LayoutName, labelAxes, layoutNames, layouts } from '../../yolo/index.js'

interface Numbers {
  readonly shape: readonly number[]
  readonly data: Float32Array | Float64Array
}

/** What heads are like. */
export interface Heads {
  readonly layout: LayoutName
  readonly anchorMask: readonly (readonly number[])[]
  readonly classes: number
}

/** An array with a number for each logit of a scale. */
interface HeadArray extends Numbers {
  readonly name: string
  readonly scale: number
  /** The shape `[B,h,w,A·(5+C)]` of the logits that it must fit; undefined for logits themselves. */
  readonly like?: readonly number[]
}

/** The axes of an array; those of labels have one for the anchors, which numbers in the same order may have as well. */
const axesOf = (layout: LayoutName, { shape }: HeadArray): Layout =>
  layout === 'nhwc' && shape.length === labelAxes.length ? { axes: labelAxes, fused: false } : layouts[layout]

function sizesIn(array: HeadArray, layout: LayoutName, { anchorMask, classes }: Heads) {
  const anchors = anchorMask[array.scale]?.length ?? 0
  const sizes = sizesOf(array, axesOf(layout, array), anchors)
  if (sizes?.d !== boxEntries + classes || sizes.a !== anchors) return undefined
  const { b, h, w, a, d } = sizes
  return !array.like || [b, h, w, a * d].join() === array.like.join() ? sizes : undefined
}

/** The shape that an array must have, with names for sizes that are open. */
function wantedShape({ like = [] }: HeadArray, layout: LayoutName, anchors: number, entries: number): string {
  const { axes, fused } = layouts[layout]
  const [b = 'B', h = 'h', w = 'w'] = like
  const named = { b, h, w, a: fused ? anchors * entries : anchors, d: entries }
  return axes.flatMap((axis) => (fused && axis === 'd' ? [] : [named[axis]])).join()
}

/**
 * An array of the shape of a head as `[B,h,w,A·(5+C)]`.
 * @throws InputError E_FEED_SHAPE for another shape, naming the layout that has it
 */
export function inLabelOrder(array: HeadArray, heads: Heads, path: string): Numbers {
  const { name, shape, data, scale } = array
  const { layout, anchorMask, classes } = heads
  const sizes = sizesIn(array, layout, heads)
  if (sizes) {
    const { b, h, w, a, d } = sizes
    return { shape: [b, h, w, a * d], data: toLabelOrder(data, layouts[layout], sizes) }
  }
  const anchors = anchorMask[scale]?.length ?? 0
  const what = `${quoted(name)} is [${shape}], and must be [${wantedShape(array, layout, anchors, boxEntries + classes)}] in ${layout}`
  const theirs = layoutNames.find((other) => other !== layout && sizesIn(array, other, heads))
  const remedy = theirs
    ? `its axes are in the order of ${theirs}: say --layout ${theirs} if all heads are, or transpose it`
    : `with ${anchors} anchors of ${boxEntries} + ${classes} numbers in each cell, by the configuration`
  return refuse('E_FEED_SHAPE', path, what, remedy)
}

/** An array of `[B,h,w,A·(5+C)]` in the layout of heads. */
export function inLayout({ shape, data }: Numbers, layout: LayoutName, anchors: number): Numbers {
  const [b = 0, h = 0, w = 0, channels = 0] = shape
  const sizes = { b, h, w, a: anchors, d: channels / anchors }
  return { shape: headShape(layouts[layout], sizes), data: fromLabelOrder(data, layouts[layout], sizes) }
}
