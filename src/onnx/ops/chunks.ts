import type { Real } from '../../io/index.js'
import { GraphError } from '../graph/errors.js'
import type { Dim } from '../graph/model.js'
import { atom, product, sameShape, sum } from '../graph/shape.js'
import type { Value } from '../graph/value.js'
import { concat, concatAll } from './concat.js'
import { add, div, mod, sub } from './elementwise.js'
import { shapeOf } from './movement.js'
import { filled } from './select.js'
import { slice } from './slice.js'

/** Up to so many numbers the rest is of a number from 0 on; the one of a negative has a sign that not every runtime agrees on. */
const mostWithoutSign = 1e7

/** Numbers in chunks, and how many chunks there are `[1]`, where that had to be computed. */
export interface Chunks<D extends Real = Real> {
  readonly values: Value<D>
  readonly count?: Value<'int64'>
}

/**
 * Values one after another along their last axis, cut into chunks, zeros after the end of the last: `[…, n]` and `[…,
 * m]` become `[…, …chunk, q]` with q = ⌊(n + m) / Π chunk⌋ + 1, so that nothing is left empty. `total` is n + m as
 * `[1]`, where it is known. Signature: `ai.onnx@5::Reshape`, `ai.onnx@13::Reshape`, `ai.onnx@14::Reshape`,
 * `ai.onnx@19::Reshape`, `ai.onnx@21::Reshape`, `ai.onnx@23::Reshape`, `ai.onnx@24::Reshape`, `ai.onnx@25::Reshape`
 */
export function inChunks<D extends Real>(
  parts: readonly Value<D>[],
  chunk: readonly number[],
  total: Value<'int64'> = lastSizes(parts),
): Chunks<D> {
  const [first] = parts as readonly [Value<D>, ...Value<D>[]]
  const { graph, dtype } = first
  const lead = leadOf(first, parts)
  const width = product(chunk) as number
  const beyond = width * Math.ceil(mostWithoutSign / width) - 1
  const missing = add(mod(sub(graph.ints([beyond]), total), width), 1)
  const known = lead.every((d) => typeof d === 'number')
  const outer = known ? graph.ints(lead) : slice(shapeOf(first), ':-1')
  const sizes = lead.length > 0 ? concat([outer, missing], 0) : missing
  const zeros = filled(sizes, [...lead, graph.symbol('zeros')], 0, dtype)
  const whole = concatAll([...parts, zeros], -1)
  const q = atom(`(⌊${sum(parts.map((v) => v.shape.at(-1) as Dim))}/${width}⌋+1)`)
  const inShape = (shape: Value<'int64'>) => graph.emit('Reshape', [whole, shape], [dtype, [...lead, ...chunk, q]])
  if (known) return { values: inShape(graph.ints([...lead, ...chunk, -1])) }
  // Of no images −1 would not tell the other size.
  const count = add(div(total, width), 1)
  return { values: inShape(concat([outer, graph.ints(chunk), count], 0)), count }
}

/** Sizes of the last axes together: `[1]` */
const lastSizes = (parts: readonly Value[]): Value<'int64'> =>
  parts.map((v) => (v.shape.length > 1 ? slice(shapeOf(v), '-1:') : shapeOf(v))).reduce((a, b) => add(a, b))

function leadOf(first: Value, parts: readonly Value[]): readonly Dim[] {
  const lead = first.shape.slice(0, -1)
  if (first.shape.length > 0 && parts.every((v) => sameShape(v.shape.slice(0, -1), lead))) return lead
  throw new GraphError('E_SHAPE', first.graph.at('Reshape'), 'differ before their last axis', { first })
}
