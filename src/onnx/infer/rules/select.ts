import { sizeOf } from '../../../io/index.js'
import { intOf, intsOf } from '../../graph/attribute.js'
import type { Attribute } from '../../graph/model.js'
import { frontOf } from '../../graph/shape.js'
import { type Asked, cannotTell, given, type Inference, type Known, mostNumbers, numbersOf } from '../known.js'

const whole = (shape: readonly number[], values?: readonly number[]): Known => ({
  dtype: 'int64',
  shape,
  ...(values && { values }),
})

const constant: Inference = ({ node: { attributes } }) => {
  const { value, value_int, value_ints, value_float, value_floats } = attributes as Record<
    string,
    Attribute & Record<string, never>
  >
  if (value) {
    const { dtype, shape, data } = (
      value as { tensor: { dtype: string; shape: readonly number[]; data: ArrayLike<number | bigint> } }
    ).tensor
    return [{ dtype, shape, ...(data.length <= mostNumbers && { values: Array.from(data, Number) }) }]
  }
  if (value_int) return [whole([], [value_int.int as number])]
  if (value_ints) return [whole([(value_ints.ints as readonly number[]).length], value_ints.ints as readonly number[])]
  if (value_float) return [{ dtype: 'float32', shape: [], values: [value_float.float as number] }]
  const floats = (value_floats?.floats ?? []) as readonly number[]
  return [{ dtype: 'float32', shape: [floats.length], values: floats }]
}

const filled: Inference = (n) => {
  const shape = numbersOf(n, 0)
  const { tensor } = (n.node.attributes.value ?? {}) as { tensor?: { dtype: string; data: ArrayLike<number | bigint> } }
  const [dtype, value] = [tensor?.dtype ?? 'float32', Number(tensor?.data[0] ?? 0)]
  return [{ dtype, shape, ...(sizeOf(shape) <= mostNumbers && { values: Array<number>(sizeOf(shape)).fill(value) }) }]
}

const shapeOf: Inference = (n) => {
  const { shape } = given(n)
  const [start, end] = [intOf(n, 'start', 0), intOf(n, 'end', shape.length)]
  const own = shape.slice(start, end)
  return [whole([own.length], own)]
}

const range: Inference = (n) => {
  const [start = 0, limit = 0, step = 1] = [0, 1, 2].map((place) => numbersOf(n, place)[0])
  const count = Math.max(0, Math.ceil((limit - start) / step))
  const values = count <= mostNumbers ? Array.from({ length: count }, (_, i) => start + i * step) : undefined
  return [{ dtype: given(n).dtype, shape: [count], ...(values && { values }) }]
}

const gather: Inference = (n) => {
  const [x, indices] = [given(n), given(n, 1)]
  const axis = frontOf(intOf(n, 'axis', 0), x.shape.length)
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)]
  const found = x.shape.length === 1 && x.values && indices.values
  const values = found
    ? indices.values?.map((i) => x.values?.[i < 0 ? i + (x.shape[0] as number) : i] as number)
    : undefined
  return [{ dtype: x.dtype, shape, ...(values && { values }) }]
}

const gatherND: Inference = (n) => {
  const [x, indices] = [given(n), given(n, 1)]
  const batch = intOf(n, 'batch_dims', 0)
  const depth = batch + (indices.shape.at(-1) as number)
  return [{ dtype: x.dtype, shape: [...indices.shape.slice(0, -1), ...x.shape.slice(depth)] }]
}

const topK: Inference = (n) => {
  const { dtype, shape } = given(n)
  const k = n.x[1] ? (numbersOf(n, 1)[0] as number) : intOf(n, 'k', 1)
  const own = shape.with(frontOf(intOf(n, 'axis', -1), shape.length), k)
  return [{ dtype, shape: own }, whole(own)]
}

/** Axes gone or kept as 1. */
function reducedShape(n: Asked, axes: readonly number[] | undefined): readonly number[] {
  const { shape } = given(n)
  const own = axes?.map((axis) => frontOf(axis, shape.length)) ?? shape.map((_, i) => i)
  const keep = intOf(n, 'keepdims', 1) === 1
  return shape.flatMap((d, i) => (own.includes(i) ? (keep ? [1] : []) : [d]))
}

const reduced: Inference = (n) => {
  const asked = n.x[1] ? numbersOf(n, 1) : intsOf(n, 'axes')
  const none = asked === undefined || asked.length === 0
  if (none && intOf(n, 'noop_with_empty_axes', 0) === 1) return [given(n)]
  const { dtype, shape, values } = given(n)
  const own = reducedShape(n, none ? undefined : asked)
  const all = n.node.op === 'ReduceProd' && shape.length === 1 && values ? [sizeOf(values)] : undefined
  return [{ dtype, shape: own, ...(all && { values: all }) }]
}

/** Operators that make numbers, find places, take entries, or take axes away. */
export const selectInference: Readonly<Record<string, Inference>> = {
  Constant: constant,
  ConstantOfShape: filled,
  Shape: shapeOf,
  Size: (n) => [whole([], [sizeOf(given(n).shape)])],
  Range: range,
  Gather: gather,
  GatherND: gatherND,
  GatherElements: (n) => [{ dtype: given(n).dtype, shape: given(n, 1).shape }],
  ScatterND: (n) => [{ dtype: given(n).dtype, shape: given(n).shape }],
  ScatterElements: (n) => [{ dtype: given(n).dtype, shape: given(n).shape }],
  TopK: topK,
  ArgMax: (n) => [whole(reducedShape(n, [intOf(n, 'axis', 0)]))],
  ArgMin: (n) => [whole(reducedShape(n, [intOf(n, 'axis', 0)]))],
  NonZero: (n) => cannotTell(n, 'finds as many places as there are when it runs'),
  ...Object.fromEntries(
    'Sum Mean Max Min Prod L1 L2 LogSum LogSumExp SumSquare'.split(' ').map((of) => [`Reduce${of}`, reduced]),
  ),
}
