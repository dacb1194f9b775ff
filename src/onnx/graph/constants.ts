import { type DType, sizeOf, spellNumber, type Tensor, type TensorData } from '../../io/index.js'
import type { NameAuthority } from './names.js'

const longestSpelledOut = 6

const letters = new TextDecoder('latin1')

/** Constants of a graph, one for each distinct content, named after it: `const/float32_0.5`, `const/int64_[0,-1]`. */
export class ConstantPool {
  readonly tensors = new Map<string, Tensor>()
  /** Numbers of values that nodes compute from sizes and constants alone, where they are known. */
  readonly folded = new Map<string, readonly number[]>()
  readonly #names = new Map<string, string>()

  constructor(readonly authority: NameAuthority) {}

  /** The name of the constant with this content. `hint` names it when it is too long to be spelled out. */
  intern(tensor: Tensor, hint = 'table'): string {
    const bytes = new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength)
    // A character for each byte, whatever it is: no text is meant.
    const key = `${tensor.dtype}[${tensor.shape}]${letters.decode(bytes)}`
    const known = this.#names.get(key)
    if (known !== undefined) return known
    const name = this.authority.unique(`const/${spell(tensor) ?? hint}`)
    this.#names.set(key, name)
    this.tensors.set(name, { ...tensor, shape: [...tensor.shape], data: tensor.data.slice() })
    return name
  }
}

function spell(tensor: Tensor): string | undefined {
  const numbers = Array.from(tensor.data as Float32Array, (x) => spellNumber(tensor.dtype, x))
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

const whole: Readonly<Partial<Record<DType, readonly [least: number, most: number]>>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  bool: [0, 1],
}

/** Whether an element type can hold a number; floating-point ones round it. */
export function holds(dtype: DType, x: number): boolean {
  const range = whole[dtype]
  return !range || (Number.isInteger(x) && range[0] <= x && x <= range[1])
}

/**
 * A tensor of any element type from plain numbers (bool: 0 and 1).
 * @throws RangeError when their number is not that of the shape, or one is no integer where it must be.
 */
export function tensorOf<D extends DType>(dtype: D, shape: readonly number[], values: readonly number[]): Tensor<D> {
  if (sizeOf(shape) !== values.length) throw new RangeError(`[${shape}] holds ${sizeOf(shape)}, not ${values.length}`)
  const odd = values.find((x) => !holds(dtype, x))
  if (odd !== undefined) throw new RangeError(`${odd} is no ${dtype}`)
  return { dtype, shape, data: arrays[dtype](values) }
}
