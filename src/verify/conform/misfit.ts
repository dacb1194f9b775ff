import { type AnyTensor, sizeOf } from '../../io/index.js'
import {
  type Axis,
  type Layout,
  type LossConfig,
  labelAxes,
  layoutNames,
  layouts,
  scaleNameOf,
} from '../../yolo/index.js'
import { headShape, type Sizes, sizesOf } from '../answers/layout.js'

type Shape = readonly number[]

/** An array whose shape is not the one of the case. */
interface Misfit {
  readonly name: string
  readonly got: Shape
  readonly expected: AnyTensor
  readonly config: LossConfig | undefined
}

const isSame = (a: Shape, b: Shape): boolean => String(a) === String(b)

const reshaped = (shape: Shape): string => `.reshape(${shape.length === 0 ? '()' : shape.join(', ')})`

/** NumPy's words that put axes into an order. @param to for each axis of the result the axis it comes from */
const transposed = (to: readonly number[]): string =>
  to.every((axis, i) => axis === i) ? '' : `.transpose(${to.join(', ')})`

/** NumPy's words that bring a head from one layout into another. @param isWhole whether it has the axes of its layout */
function moved(from: Layout, to: Layout, sizes: Sizes, isWhole: boolean): string {
  if (isWhole && from.fused && to.fused) {
    const dims = (axes: readonly Axis[]) => axes.filter((axis) => axis !== 'd')
    return transposed(dims(to.axes).map((axis) => dims(from.axes).indexOf(axis)))
  }
  const apart = isWhole && !from.fused ? '' : reshaped(from.axes.map((axis) => sizes[axis]))
  const inOrder = transposed(to.axes.map((axis) => from.axes.indexOf(axis)))
  return `${apart}${inOrder}${to.fused ? reshaped(headShape(to, sizes)) : ''}`
}

const withoutOnes = (shape: Shape): Shape => shape.filter((size) => size !== 1)

/** The layout of an array of cells: a gradient has that of the logits, everything else that of the labels. */
const layoutOf = (name: string, config: LossConfig): Layout =>
  scaleNameOf(name) === 'grad_y_pred' ? layouts[config.layout] : { axes: labelAxes, fused: false }

/** Cells in the order of axes of another framework. */
function otherLayout({ name, got, expected, config }: Misfit): string | undefined {
  const anchors = config?.anchorMask[Number(/_(\d+)$/.exec(name)?.[1])]?.length
  if (!config || anchors === undefined || expected.shape.length < 4) return undefined
  const own = layoutOf(name, config)
  const sizes = sizesOf(expected, own, anchors)
  if (!sizes) return undefined
  const shapes = layoutNames.map((other) => [other, headShape(layouts[other], sizes)] as const)
  const whole = shapes.find(([, shape]) => isSame(shape, got))
  const theirs = whole ?? shapes.find(([, shape]) => isSame(withoutOnes(shape), withoutOnes(got)))
  if (!theirs) return undefined
  return `its axes are in the order of ${theirs[0]}: array${moved(layouts[theirs[0]], own, sizes, whole !== undefined)}`
}

/** Where each axis of a shape stands in another; the first order that fits, of axes of one size as they come. */
function permutation(to: Shape, from: Shape): number[] | undefined {
  const free = [...from.keys()]
  const found = to.map((size) => {
    const at = free.findIndex((axis) => from[axis] === size)
    return at < 0 ? Number.NaN : (free.splice(at, 1)[0] as number)
  })
  return free.length === 0 && found.every(Number.isInteger) ? found : undefined
}

/** The same axes in another order, those of size 1 left out or not. */
function otherOrder({ got, expected: { shape } }: Misfit): string | undefined {
  const [whole, rest] = [permutation(shape, got), permutation(withoutOnes(shape), withoutOnes(got))]
  const order = whole ?? rest
  if (!order || order.every((axis, i) => axis === i)) return undefined
  const before = whole || withoutOnes(got).length === got.length ? '' : reshaped(withoutOnes(got))
  const after = whole || withoutOnes(shape).length === shape.length ? '' : reshaped(shape)
  return `its axes seem to be in another order: array${before}${transposed(order)}${after}`
}

/** As many numbers. */
function otherShape({ got, expected: { shape } }: Misfit): string | undefined {
  return sizeOf(got) === sizeOf(shape)
    ? `it has as many numbers: array${reshaped(shape)}, if they are in that order`
    : undefined
}

/** A term of each image in place of their mean, or of each scale in place of one. */
function notSummed({ got, expected: { shape } }: Misfit): string | undefined {
  return sizeOf(shape) === 1 && sizeOf(got) > 1 ? 'the case has one number here: sum it up' : undefined
}

const mistakes = [otherLayout, otherOrder, otherShape, notSummed]

/** What an array of another shape probably is, and what to do then; undefined for what is none of these. */
export const misfitRemedy = (misfit: Misfit): string | undefined =>
  mistakes.map((mistake) => mistake(misfit)).find((remedy) => remedy !== undefined)
