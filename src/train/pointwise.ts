import type { Value } from '../onnx/index.js'
import { add, matMul, reduceSum } from '../onnx/math.js'
import { reshape, transpose } from '../onnx/shape.js'

/** A 1×1 convolution: weight `[O, I]` and bias `[O]`. */
export interface Pointwise {
  readonly weight: Value<'float32'>
  readonly bias: Value<'float32'>
}

/** `[B, C, h, w]` with the cells in one axis: `[B, C, h·w]` */
const flat = (x: Value<'float32'>): Value<'float32'> => {
  const [b, c, h, w] = x.shape as [number, number, number, number]
  return reshape(x, [b, c, h * w])
}

/** y = W·x + b in every cell: `[B, I, h, w] → [B, O, h, w]` */
export function pointwise(x: Value<'float32'>, { weight, bias }: Pointwise): Value<'float32'> {
  const [b, , h, w] = x.shape as [number, number, number, number]
  const [o] = weight.shape as [number]
  return reshape(add(matMul(weight, flat(x)), reshape(bias, [o, 1])), [b, o, h, w])
}

/**
 * Derivatives by weight and bias from g = dL/dy `[B, O, h, w]`:
 *
 *   dL/dW = Σ_image g·xᵀ        dL/db = Σ over images and cells of g
 */
export function pointwiseGradient(x: Value<'float32'>, g: Value<'float32'>): Pointwise {
  const perImage = matMul(flat(g), transpose(flat(x), [0, 2, 1])) // [B, O, I]
  return { weight: reduceSum(perImage, { axes: [0] }), bias: reduceSum(flat(g), { axes: [0, 2] }) }
}
