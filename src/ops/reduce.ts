import type { Attribute, Shape } from '../graph/model.js'
import type { DType } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { axisOf } from './operand.js'

/** Axes to reduce (all by default), and whether they stay as 1. */
export interface Reduction {
  readonly axes?: readonly number[]
  readonly keep?: boolean
}

// The opset from which the axes are an input instead of an attribute.
const axesInputSince: Readonly<Record<string, number>> = { ReduceSum: 13, ReduceMax: 18 }

const reduction =
  (op: string) =>
  <D extends Exclude<DType, 'bool'>>(x: Value<D>, { axes, keep = false }: Reduction = {}): Value<D> => {
    const front = axes?.map((axis) => axisOf(op, x, axis)) ?? x.shape.map((_, axis) => axis)
    const shape: Shape = x.shape.flatMap((d, axis) => (front.includes(axis) ? (keep ? [1] : []) : [d]))
    const keepdims: Attribute = { int: keep ? 1 : 0 }
    const asInput = x.graph.opset >= (axesInputSince[op] ?? Number.POSITIVE_INFINITY)
    return asInput
      ? x.graph.emit(op, [x, x.graph.ints(front)], [x.dtype, shape], { keepdims })
      : x.graph.emit(op, [x], [x.dtype, shape], { axes: { ints: front }, keepdims })
  }

/** Sum over axes. Signature: `ai.onnx@13::ReduceSum` */
export const reduceSum = reduction('ReduceSum')
/**
 * Largest over axes. Never reduce an empty axis: runtimes differ there. Signature: `ai.onnx@13::ReduceMax`,
 * `ai.onnx@18::ReduceMax`
 */
export const reduceMax = reduction('ReduceMax')
