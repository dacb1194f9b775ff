import type { Attribute, Shape } from '../graph/model.js'
import type { Value } from '../graph/value.js'
import { axesOf, axisOf, type Numeric, numbers, requireDType } from './operand.js'

/** Axes to reduce (all by default), and whether they stay as 1. */
export interface Reduction {
  readonly axes?: readonly number[]
  readonly keep?: boolean
}

// The opset from which the axes are an input instead of an attribute.
const axesInputSince: Readonly<Record<string, number>> = {
  ReduceSum: 13,
  ReduceMax: 18,
  ReduceMean: 18,
  ReduceProd: 18,
}

const reduction =
  (op: string) =>
  <D extends Numeric>(x: Value<D>, { axes, keep = false }: Reduction = {}): Value<D> => {
    requireDType(op, x, numbers)
    const front = axesOf(op, x, axes ?? x.shape.map((_, axis) => axis))
    if (front.length === 0) return x // an empty list would mean all axes
    const shape: Shape = x.shape.flatMap((d, axis) => (front.includes(axis) ? (keep ? [1] : []) : [d]))
    const keepdims: Attribute = { int: keep ? 1 : 0 }
    const asInput = x.graph.opset >= (axesInputSince[op] ?? Number.POSITIVE_INFINITY)
    return asInput
      ? x.graph.emit(op, [x, x.graph.ints(front)], [x.dtype, shape], { keepdims })
      : x.graph.emit(op, [x], [x.dtype, shape], { axes: { ints: front }, keepdims })
  }

/** Sum over axes. Signature: `ai.onnx@11::ReduceSum`, `ai.onnx@13::ReduceSum` */
export const reduceSum = reduction('ReduceSum')
/**
 * Largest over axes. Never reduce an empty axis: runtimes differ there. Signature: `ai.onnx@11::ReduceMax`,
 * `ai.onnx@12::ReduceMax`, `ai.onnx@13::ReduceMax`, `ai.onnx@18::ReduceMax`, `ai.onnx@20::ReduceMax`
 */
export const reduceMax = reduction('ReduceMax')
/** Mean over axes. Signature: `ai.onnx@11::ReduceMean`, `ai.onnx@13::ReduceMean`, `ai.onnx@18::ReduceMean` */
export const reduceMean = reduction('ReduceMean')
/** Product over axes. Signature: `ai.onnx@11::ReduceProd`, `ai.onnx@13::ReduceProd`, `ai.onnx@18::ReduceProd` */
export const reduceProd = reduction('ReduceProd')

/** Running sum along an axis, the own entry included. Signature: `ai.onnx@11::CumSum`, `ai.onnx@14::CumSum` */
export function cumSum<D extends Numeric>(x: Value<D>, axis = 0): Value<D> {
  requireDType('CumSum', x, numbers)
  const at = x.graph.scalar(axisOf('CumSum', x, axis), 'int64')
  return x.graph.emit('CumSum', [x, at], [x.dtype, x.shape])
}

/**
 * Place of the first largest entry along the last axis, which must not be empty: `[…, n] → […]`. Signature:
 * `ai.onnx@11::ArgMax`, `ai.onnx@12::ArgMax`, `ai.onnx@13::ArgMax`
 */
export function argMax(x: Value): Value<'int64'> {
  requireDType('ArgMax', x, numbers)
  const axis = axisOf('ArgMax', x, -1)
  return x.graph.emit('ArgMax', [x], ['int64', x.shape.slice(0, -1)], { axis: { int: axis }, keepdims: { int: 0 } })
}
