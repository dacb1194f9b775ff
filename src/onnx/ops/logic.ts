import type { DType } from '../../io/index.js'
import type { Value } from '../graph/value.js'
import {
  broadcasting,
  elementwise,
  leading,
  lift,
  type Numeric,
  numbers,
  type Operand,
  requireDType,
} from './operand.js'

interface Comparison<T extends DType> {
  <D extends T>(a: Value<D>, b: Operand<NoInfer<D>>): Value<'bool'>
  <D extends T>(a: Operand<NoInfer<D>>, b: Value<D>): Value<'bool'>
}

type Sides = 'given' | 'turned'

const comparison =
  <T extends DType>(op: string, allowed: readonly DType[], asked: Sides = 'given', instead?: string): Comparison<T> =>
  <D extends T>(left: Operand<D>, right: Operand<D>): Value<'bool'> => {
    const a = leading(op, left, right)
    const b = lift(op, right, a)
    requireDType(op, a, allowed)
    const turns = instead !== undefined && a.graph.lacks.includes(op)
    const isGiven = (asked === 'given') !== turns
    return a.graph.emit(turns ? instead : op, isGiven ? [a, b] : [b, a], ['bool', elementwise(op, { a, b })])
  }

/**
 * `a < b`, with Greater where a runtime lacks Less; false when either is NaN. Signature: `ai.onnx@9::Less`,
 * `ai.onnx@13::Less`
 */
export const less = comparison<Numeric>('Less', numbers, 'given', 'Greater')
/**
 * `a > b`, as `b < a`, for importers without Greater have Less; false when either is NaN. Signature: `ai.onnx@9::Less`,
 * `ai.onnx@13::Less`
 */
export const greater = comparison<Numeric>('Less', numbers, 'turned', 'Greater')
/** `a = b`; false when either is NaN. Signature: `ai.onnx@11::Equal`, `ai.onnx@13::Equal`, `ai.onnx@19::Equal` */
export const equal = comparison<DType>('Equal', [...numbers, 'bool'])

/** `¬x`. Signature: `ai.onnx@1::Not` */
export function not(x: Value<'bool'>): Value<'bool'> {
  requireDType('Not', x, ['bool'])
  return x.graph.emit('Not', [x], ['bool', x.shape])
}

/** `a ∧ b`, broadcast. Signature: `ai.onnx@7::And` */
export function and(a: Value<'bool'>, b: Value<'bool'>): Value<'bool'> {
  requireDType('And', a, ['bool'])
  return a.graph.emit('And', [a, b], ['bool', elementwise('And', { a, b })])
}

/**
 * `yes` where the condition holds, else `no`; broadcast. The CPU provider has no bool kernel. Signature:
 * `ai.onnx@9::Where`, `ai.onnx@16::Where`
 */
export function where<D extends DType>(condition: Value<'bool'>, yes: Operand<NoInfer<D>>, no: Value<D>): Value<D>
export function where<D extends DType>(condition: Value<'bool'>, yes: Value<D>, no: Operand<NoInfer<D>>): Value<D>
export function where<D extends DType>(condition: Value<'bool'>, yes: Operand<D>, no: Operand<D>): Value<D> {
  requireDType('Where', condition, ['bool'])
  const a = leading('Where', yes, no)
  const b = lift('Where', no, a)
  elementwise('Where', { yes: a, no: b })
  return condition.graph.emit('Where', [condition, a, b], [a.dtype, broadcasting('Where', { condition, a, b })])
}
