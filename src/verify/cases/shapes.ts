import { sizeOf } from '../../io/index.js'
import type { ModelValue } from '../../onnx/index.js'
import {
  type Axis,
  boxEntries,
  dimsOf,
  type LayoutName,
  type LossConfig,
  labelAxes,
  layoutNames,
  layouts,
  ofScale,
  scaleNameOf,
} from '../../yolo/index.js'

type Shape = readonly number[]

/** What a shape is to be: sizes, and names of axes that may have any. */
type Wanted = readonly (number | string)[]

/** An input of a scale, whose shape does not fit. */
interface Misfit {
  readonly name: string
  readonly shape: Shape
  readonly config: LossConfig
  /** Anchors of its scale, and entries of each. */
  readonly a: number
  readonly d: number
  readonly isLabel: boolean
  readonly inputs: readonly ModelValue[]
}

const fits = (shape: Shape, wanted: Wanted): boolean =>
  shape.length === wanted.length && wanted.every((size, i) => typeof size === 'string' || size === shape[i])

const named = (axes: readonly Axis[], size: (axis: Axis) => number | undefined): Wanted =>
  axes.map((axis) => size(axis) ?? (axis === 'b' ? 'B' : axis))

function headIn(layout: LayoutName, { a, d }: Pick<Misfit, 'a' | 'd'>): Wanted {
  const { fused } = layouts[layout]
  return named(
    dimsOf(layouts[layout]),
    (axis) => ({ b: undefined, h: undefined, w: undefined, a: fused ? a * d : a, d })[axis],
  )
}

const wantedOf = (misfit: Misfit): Wanted =>
  misfit.isLabel
    ? named(labelAxes, (axis) => (axis === 'a' || axis === 'd' ? misfit[axis] : undefined))
    : headIn(misfit.config.layout, misfit)

const isFixed = (sizes: Wanted): boolean => sizes.slice(1).every((size) => typeof size === 'number')

/** Scales from fine to coarse, for a graph of fixed sizes. */
function otherScale({ name, shape, inputs }: Misfit): string | undefined {
  const theirs = inputs.find(
    ({ name: other, shape: sizes = [] }) =>
      other !== name && scaleNameOf(other) === scaleNameOf(name) && isFixed(sizes) && fits(shape, sizes),
  )
  return theirs && `it has the sizes of ${theirs.name}: give the coarsest scale first, that of stride 32`
}

/** Heads in the order of axes of another framework. */
function otherLayout(misfit: Misfit): string | undefined {
  const { shape, config, isLabel } = misfit
  const theirs = layoutNames.find((name) => name !== config.layout && fits(shape, headIn(name, misfit)))
  if (isLabel || !theirs) return undefined
  return `its axes are in the order of ${theirs}: export the graph with --layout ${theirs}, or transpose the array`
}

/** One image without the axis of images. */
const oneImage = (misfit: Misfit): string | undefined =>
  fits([1, ...misfit.shape], wantedOf(misfit)) ? 'it has no axis of images: array[None] adds it' : undefined

/** Rows and columns, or anchors and entries, in one axis. */
function flattened(misfit: Misfit): string | undefined {
  const { shape, a, d } = misfit
  const wanted = wantedOf(misfit)
  const isWhole = sizeOf(shape) % (a * d) === 0 && (shape.length < 3 || shape.at(-1) === d || shape.at(-1) === a * d)
  return shape.length < wanted.length && isWhole ? `it is flat: array.reshape(${wanted.join(', ')})` : undefined
}

/** Heads or labels of another number of classes. */
function otherClasses(misfit: Misfit): string | undefined {
  const { shape, config, a, d } = misfit
  const wanted = wantedOf(misfit)
  const at = wanted.includes(a * d) ? wanted.indexOf(a * d) : wanted.lastIndexOf(d)
  const classes = Number(shape[at]) / (wanted.includes(a * d) ? a : 1) - boxEntries
  const isOther = Number.isInteger(classes) && classes >= 1 && classes !== config.classes
  if (!isOther || !fits(shape, wanted.with(at, 'any'))) return undefined
  return `it has as many entries as ${classes} classes, and the graph is for ${config.classes}: see its --classes`
}

const mistakes = [otherScale, otherLayout, oneImage, flattened, otherClasses]

/** What an input of a loss whose shape does not fit probably is, and what to do then. */
export function shapeRemedy(
  name: string,
  shape: Shape,
  config: LossConfig,
  inputs: readonly ModelValue[],
): string | undefined {
  const scale = config.anchorMask.findIndex((_, l) => [ofScale('y_pred', l), ofScale('y_true', l)].includes(name))
  if (scale < 0) return undefined
  const a = config.anchorMask[scale]?.length ?? 0
  const isLabel = name === ofScale('y_true', scale)
  const misfit = { name, shape, config, a, d: boxEntries + config.classes, isLabel, inputs }
  return mistakes.map((mistake) => mistake(misfit)).find((remedy) => remedy !== undefined)
}
