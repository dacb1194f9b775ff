import { isReal, listed, nearest, quoted, sizeOf } from '../io/index.js'
import type { Dim } from '../onnx/index.js'
import { boxEntries, type LossConfig } from '../yolo/index.js'
import { refuse } from './common.js'
import { cutPoints, refuseDecoded } from './decoded.js'
import { refuseForeign } from './foreign.js'
import { channelSizes, type DetectorHead, type HeadOptions } from './head.js'
import { type ChannelSizes, fits, gridIn, type HeadLayout, headLayouts, isFlat, shapeText } from './layouts.js'
import type { Detector } from './open.js'
import { orderByGrid } from './scales.js'
import { declaredType, traceBack, valueType } from './trace.js'

/**
 * The heads of a detector, coarsest scale first.
 * @throws InputError when none or too many fit, a shape contradicts the configuration, two layouts fit, or a value is
 *   no longer a logit
 */
export function findHeads(detector: Detector, config: LossConfig, options: HeadOptions): DetectorHead[] {
  const sizes = channelSizes(config)
  const names = options.heads ?? proposed(detector, config, options)
  if (new Set(names).size !== names.length)
    refuse('E_HEADS', detector.file, `the heads ${listed(names)} name a value twice`)
  const heads = names.map((name) => readHead(detector, name, sizes, options))
  return orderByGrid(detector, heads, config, options)
}

function proposed(detector: Detector, config: LossConfig, options: HeadOptions): string[] {
  const sizes = channelSizes(config)
  const wanted = config.anchorMask.length
  const fitting = detector.graph.output
    .map((o) => o.name)
    .filter((name) => candidateLayouts(detector, name, sizes, options).length > 0)
  const raw = fitting.filter((name) => traceBack(detector, name).decoders.length === 0)
  if (raw.length === wanted) return raw
  if (fitting.length > raw.length) refuseDecoded(detector, fitting.find((n) => !raw.includes(n)) as string, sizes)
  refuseOutputs(detector, raw, wanted, sizes, options)
}

/** Refuses a detector of whose outputs too few, or too many, are heads. */
function refuseOutputs(
  detector: Detector,
  raw: readonly string[],
  wanted: number,
  sizes: ChannelSizes,
  { layout }: HeadOptions,
): never {
  const outputs = detector.graph.output.map((o) => o.name)
  const points = cutPoints(detector, outputs, sizes)
  if (points.length === 0) refuseForeign(detector, outputs, sizes)
  const [decoded] = outputs
  if (decoded !== undefined && outputs.every((n) => traceBack(detector, n).decoders.length > 0))
    refuseDecoded(detector, decoded, sizes)
  const asked = layout ? [layout] : headLayouts.filter((l) => !isFlat(l))
  const shapes = asked.map((l) => shapeText(l, sizes))
  const what =
    `${wanted} outputs of a shape such as ${shapes.slice(0, 2).join(' or ')} are wanted (${sizes.anchors} anchors × ` +
    `(5 + ${sizes.entries - boxEntries} classes)), found ${raw.length}: ${described(detector, raw)}\n` +
    `  its outputs are ${described(detector, outputs)}`
  const remedy =
    points.length > 0
      ? `name the heads: --heads ${points.join(',')} (convolutions with ${sizes.anchors * sizes.entries} channels)`
      : classesInstead(shapesOf(detector, outputs), sizes.anchors) ||
        'name the heads with --heads a,b,c, or check the number of classes and anchors'
  refuse('E_HEADS', detector.file, what, remedy)
}

const shapesOf = (detector: Detector, names: readonly string[]): (readonly Dim[])[] =>
  names.map((name) => valueType(detector, name)?.shape ?? [])

const described = (detector: Detector, names: readonly string[]): string =>
  names
    .map((n) => `${quoted(n)} ${declaredType(detector, n)}`)
    .slice(0, 12)
    .join(', ') || 'none'

function candidateLayouts(
  detector: Detector,
  name: string,
  sizes: ChannelSizes,
  { layout, grids }: HeadOptions,
): HeadLayout[] {
  const type = valueType(detector, name)
  if (!type?.shape || !isReal(type.dtype)) return []
  const { shape } = type
  if (layout) {
    // What is open may be anything, unless the sizes that are known are those of another order.
    const isOther = headLayouts.some((l) => !isFlat(l) && l !== layout && fits(shape, l, sizes, true))
    return fits(shape, layout, sizes, isOther) ? [layout] : []
  }
  const among = headLayouts.filter((l) => !isFlat(l) || grids !== undefined)
  return among.filter((l) => fits(shape, l, sizes, true))
}

// More than a runtime could hold, and far from where int64 ends in what is made of these sizes.
const mostElements = 2 ** 40

function readHead(detector: Detector, name: string, sizes: ChannelSizes, options: HeadOptions): DetectorHead {
  const { file } = detector
  const type = valueType(detector, name)
  if (!detector.producers.has(name) && !detector.types.has(name)) refuseUnknown(detector, name)
  if (cutPoints(detector, [name], sizes).length === 0) refuseForeign(detector, [name], sizes)
  if (traceBack(detector, name).decoders.length > 0) refuseDecoded(detector, name, sizes)
  const remedy = 'run onnx.shape_inference on the model'
  if (!type?.shape) refuse('E_HEAD_TYPE', file, `the type of head ${quoted(name)} is not known`, remedy)
  if (!isReal(type.dtype))
    refuse('E_HEAD_DTYPE', file, `head ${quoted(name)} is ${type.dtype}; logits are float32, float16 or float64`)
  const layout = theLayout(detector, name, sizes, options)
  const elements = sizeOf(type.shape.filter((d) => typeof d === 'number'))
  if (elements > mostElements) {
    const what = `head ${quoted(name)} ${declaredType(detector, name)} has more than ${mostElements} numbers`
    refuse('E_HEAD_SIZE', file, what, 'export the detector for a size that can be run')
  }
  return { name, dtype: type.dtype, shape: type.shape, layout, grid: gridIn(type.shape, layout) }
}

function theLayout(detector: Detector, name: string, sizes: ChannelSizes, options: HeadOptions): HeadLayout {
  const [first, ...others] = narrowed(detector, name, sizes, candidateLayouts(detector, name, sizes, options))
  const label = `head ${quoted(name)} ${declaredType(detector, name)}`
  if (first === undefined) refuseShape(detector, name, sizes, options)
  if (others.length === 0) return first
  const all = [first, ...others]
  const what = `${label} fits several layouts: ${all.map((l) => `${l} ${shapeText(l, sizes)}`).join(', ')}`
  refuse('E_HEAD_LAYOUT', detector.file, what, `say which: --head-layout ${all.join(' or ')}`)
}

/** A flattened head shows what was flattened where a Reshape makes it. */
function narrowed(detector: Detector, name: string, sizes: ChannelSizes, layouts: HeadLayout[]): HeadLayout[] {
  const node = detector.producers.get(name)
  const from = node?.opType === 'Reshape' ? valueType(detector, node.input[0] ?? '')?.shape : undefined
  if (!layouts.every(isFlat) || layouts.length < 2 || !from) return layouts
  const was = (layout: HeadLayout) => fits(from, layout, sizes, true)
  if (was('nahwc') !== (was('nhwc') || was('nhwac'))) return [was('nahwc') ? 'flat-ahw' : 'flat-hwa']
  return layouts
}

function refuseUnknown(detector: Detector, name: string): never {
  const known = [...detector.producers.keys()]
  const near = nearest(name, known)
  const outputs = detector.graph.output.map((o) => o.name)
  const hint = near === undefined ? `its outputs are ${listed(outputs)}` : `did you mean ${quoted(near)}?`
  refuse('E_HEADS', detector.file, `the model has no value ${quoted(name)}`, hint)
}

function refuseShape(detector: Detector, name: string, sizes: ChannelSizes, { layout, grids }: HeadOptions): never {
  const { anchors, entries } = sizes
  const type = declaredType(detector, name)
  const shape = valueType(detector, name)?.shape ?? []
  if (shape.length === 3 && !grids && layout === undefined) {
    const what = `head ${quoted(name)} ${type} is flattened; its grid cannot be told`
    const remedy = 'give the rows and columns of each scale, coarsest first: --grids 13x13,26x26,52x52'
    refuse('E_HEAD_GRID', detector.file, what, remedy)
  }
  const wanted = layout
    ? shapeText(layout, sizes)
    : `${anchors} × (5 + ${entries - boxEntries}) = ${anchors * entries} channels`
  const what = `head ${quoted(name)} is ${type}, but the configuration wants ${wanted}`
  const remedy = classesInstead([shape], anchors) || 'check the classes, the anchors and the head'
  refuse('E_HEAD_SHAPE', detector.file, what, remedy)
}

/** Sizes that may be channels: along the second or last axis, but not those of a square grid. */
function channelsIn(shape: readonly Dim[]): number[] {
  const [, first, rows, last] = shape
  const ends = shape.length === 4 ? [first, last].filter((d) => d !== rows) : []
  return ends.filter((d): d is number => typeof d === 'number')
}

/** What the channels would mean with another number of classes: `21 channels are 2 classes with 3 anchors`. */
function classesInstead(shapes: readonly (readonly Dim[])[], anchors: number): string {
  const near = [...new Set(shapes.flatMap(channelsIn))].filter((d) => d % anchors === 0 && d / anchors > boxEntries)
  return near.map((d) => `${d} channels are ${d / anchors - boxEntries} classes with ${anchors} anchors`).join('; ')
}
