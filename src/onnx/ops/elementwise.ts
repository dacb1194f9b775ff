import { type DType, isReal, type Real, reals } from '../../io/index.js'
import type { Value } from '../graph/value.js'
import { greater, where } from './logic.js'
import { elementwise, leading, lift, type Numeric, numbers, type OfTwo, type Operand, requireDType } from './operand.js'

const binary =
  (op: string): OfTwo<Numeric> =>
  <D extends Numeric>(left: Operand<D>, right: Operand<D>): Value<D> => {
    const a = leading(op, left, right)
    const b = lift(op, right, a)
    requireDType(op, a, numbers)
    return a.graph.emit(op, [a, b], [a.dtype, elementwise(op, { a, b })])
  }

const unary =
  (op: string, allowed: readonly DType[]) =>
  <D extends Numeric>(x: Value<D>): Value<D> => {
    requireDType(op, x, allowed)
    return x.graph.emit(op, [x], [x.dtype, x.shape])
  }

const real = (op: string) => unary(op, reals) as <D extends Real>(x: Value<D>) => Value<D>

/** `a + b`, broadcast. Signature: `ai.onnx@7::Add`, `ai.onnx@13::Add`, `ai.onnx@14::Add` */
export const add = binary('Add')
/** `a − b`, broadcast. Signature: `ai.onnx@7::Sub`, `ai.onnx@13::Sub`, `ai.onnx@14::Sub` */
export const sub = binary('Sub')
/** `a · b`, broadcast. Signature: `ai.onnx@7::Mul`, `ai.onnx@13::Mul`, `ai.onnx@14::Mul` */
export const mul = binary('Mul')
/**
 * `a / b`, broadcast; integers truncate towards 0. Signature: `ai.onnx@7::Div`, `ai.onnx@13::Div`, `ai.onnx@14::Div`
 */
export const div = binary('Div')
/** The rest of `a / b` for whole numbers, with the sign of b, broadcast. Signature: `ai.onnx@10::Mod`, `ai.onnx@13::Mod` */
export const mod: OfTwo<'int64'> = binary('Mod')
/** Max and Min know integers from opset 12 on; before, the same by comparison. */
const extremum =
  (op: 'Max' | 'Min'): OfTwo<Numeric> =>
  <D extends Numeric>(left: Operand<D>, right: Operand<D>): Value<D> => {
    const a = leading(op, left, right)
    const b = lift(op, right, a)
    if (a.graph.opset >= 12 || isReal(a.dtype)) return binary(op)(a, b)
    return op === 'Max' ? where(greater(a, b), a, b) : where(greater(a, b), b, a)
  }

/** Larger of two, broadcast. Signature: `ai.onnx@8::Max`, `ai.onnx@12::Max`, `ai.onnx@13::Max` */
export const max = extremum('Max')
/** Smaller of two, broadcast. Signature: `ai.onnx@8::Min`, `ai.onnx@12::Min`, `ai.onnx@13::Min` */
export const min = extremum('Min')

/**
 * `aᵇ`, broadcast; NaN for a negative a unless b is whole. Signature: `ai.onnx@7::Pow`, `ai.onnx@12::Pow`, `ai.onnx@13::Pow`,
 * `ai.onnx@15::Pow`
 */
export const pow: OfTwo<Real> = binary('Pow')

/** `−x`. Signature: `ai.onnx@6::Neg`, `ai.onnx@13::Neg` */
export const neg = unary('Neg', numbers)
/** `|x|`. Signature: `ai.onnx@6::Abs`, `ai.onnx@13::Abs` */
export const abs = unary('Abs', numbers)
/** `eˣ`. Signature: `ai.onnx@6::Exp`, `ai.onnx@13::Exp` */
export const exp = real('Exp')
/** `ln x`. Signature: `ai.onnx@6::Log`, `ai.onnx@13::Log` */
export const log = real('Log')
/** `√x`. Signature: `ai.onnx@6::Sqrt`, `ai.onnx@13::Sqrt` */
export const sqrt = real('Sqrt')
/** Largest integer not above x. Signature: `ai.onnx@6::Floor`, `ai.onnx@13::Floor` */
export const floor = real('Floor')
/** `1 / (1 + e⁻ˣ)`. Signature: `ai.onnx@6::Sigmoid`, `ai.onnx@13::Sigmoid` */
export const sigmoid = real('Sigmoid')
/** `max(x, 0)`. Signature: `ai.onnx@6::Relu`, `ai.onnx@13::Relu`, `ai.onnx@14::Relu` */
export const relu = real('Relu')
/** `ln(1 + eˣ)`; the CPU provider has no float64 kernel. Signature: `ai.onnx@1::Softplus`, `ai.onnx@22::Softplus` */
export const softplus = real('Softplus')
