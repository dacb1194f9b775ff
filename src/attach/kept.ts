import { sizeOf } from '../io/index.js'
import { type Chunks, dataTypeBits, decodeTensorProto, extent, varint } from '../onnx/index.js'

/** A tensor without its numbers, which are kept elsewhere: what stands before and behind them, base64. */
export interface Hollow {
  readonly name: string
  readonly before: string
  readonly after: string
  readonly shape: readonly number[]
}

/** What an edit took out: its bytes in base64, or a tensor without its numbers. */
export type Kept = string | Hollow

/** The numbers of a tensor by its name: its bytes, little-endian. */
export type Data = (name: string, shape: readonly number[]) => Uint8Array

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))

export const restored = (kept: Kept, data: Data): Chunks =>
  typeof kept === 'string' ? [bytesOf(kept)] : [bytesOf(kept.before), data(kept.name, kept.shape), bytesOf(kept.after)]

export function isKept(x: unknown): x is Kept {
  if (typeof x === 'string') return true
  const { name, before, after, shape } = (x ?? {}) as Partial<Hollow>
  const texts = typeof name === 'string' && typeof before === 'string' && typeof after === 'string'
  return texts && Array.isArray(shape) && shape.every((d) => Number.isSafeInteger(d) && d >= 0)
}

/** Fields of a TensorProto that hold float32 numbers as they lie in memory: `raw_data`, and `float_data` packed. */
const holding = new Set([9, 4])

/**
 * A float32 tensor of a file without its numbers, where they lie there in one piece; else the whole. What follows the
 * length of the numbers does not depend on them, so that numbers of the same count can take their place.
 */
export function hollow(tensor: Uint8Array): Kept {
  const { name, dims, dataType } = decodeTensorProto(tensor, 'tensor')
  const shape = dims.map(Number)
  const size = (sizeOf(shape) * (dataTypeBits(dataType) ?? 0)) / 8
  for (let start = 0; start < tensor.length; ) {
    const [tag, next] = varint(tensor, start)
    const [body, end] = extent(tensor, next, tag % 8)
    if (tag % 8 === 2 && holding.has(Math.floor(tag / 8)) && end - body === size)
      return { name, before: base64(tensor.subarray(0, body)), after: base64(tensor.subarray(end)), shape }
    start = end
  }
  return base64(tensor)
}
