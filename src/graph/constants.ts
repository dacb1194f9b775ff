import type { NameAuthority } from './names.js'
import { type DType, sizeOf, type Tensor, type TensorData } from './tensor.js'

const longestSpelledOut = 6

/** Constants of a graph, one for each distinct content, named after it: `const/float32_0.5`, `const/int64_[0,-1]`. */
export class ConstantPool {
  readonly tensors = new Map<string, Tensor>()
  readonly #names = new Map<string, string>()

  constructor(readonly authority: NameAuthority) {}

  /** The name of the constant with this content. `hint` names it when it is too long to be spelled out. */
  intern(tensor: Tensor, hint = 'table'): string {
    const bytes = new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength)
    const key = `${tensor.dtype}[${tensor.shape}]${Buffer.from(bytes).toString('base64')}`
    const known = this.#names.get(key)
    if (known !== undefined) return known
    const name = this.authority.unique(`const/${spell(tensor) ?? hint}`)
    this.#names.set(key, name)
    this.tensors.set(name, tensor)
    return name
  }
}

function spell(tensor: Tensor): string | undefined {
  const numbers = [...tensor.data].map((x) => (Object.is(x, -0) ? '-0' : String(x)))
  if (tensor.shape.length === 0) return `${tensor.dtype}_${numbers[0]}`
  if (tensor.shape.length > 1 || tensor.dtype !== 'int64' || numbers.length > longestSpelledOut) return undefined
  return `${tensor.dtype}_[${numbers}]`
}

const arrays: { readonly [D in DType]: (values: readonly number[]) => TensorData[D] } = {
  float16: () => {
    throw new RangeError('float16 constants are not built from numbers: cast a float32 one')
  },
  float32: (v) => Float32Array.from(v),
  float64: (v) => Float64Array.from(v),
  int32: (v) => Int32Array.from(v),
  int64: (v) => BigInt64Array.from(v, BigInt),
  bool: (v) => Uint8Array.from(v),
}

/** A tensor of any element type from plain numbers (bool: 0 and 1). */
export function tensorOf<D extends DType>(dtype: D, shape: readonly number[], values: readonly number[]): Tensor<D> {
  if (sizeOf(shape) !== values.length) throw new RangeError(`[${shape}] holds ${sizeOf(shape)}, not ${values.length}`)
  return { dtype, shape, data: arrays[dtype](values) }
}
