import { expectArguments, must } from '../checks.js'
import { storageOf } from '../elements.js'
import { refuse } from '../fault.js'
import { type DType, sizeOf, type Tensor, type TensorData } from '../tensor.js'
import { quoted } from '../text.js'
import { readHeader } from './header.js'

/** Element types by NumPy's name without its byte order. */
const dtypes = {
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  i4: 'int32',
  i8: 'int64',
  b1: 'bool',
} as const satisfies Record<string, DType>

/** The element type, and whether its bytes stand in the other order than ours. */
function elementType(descr: string, file: string): { dtype: DType; swapped: boolean } {
  const [, order, code] = /^([<>|])([a-zA-Z]\d*)$/.exec(descr) ?? []
  if (code === undefined || !Object.hasOwn(dtypes, code) || (order === '|') !== (code === 'b1')) {
    const object = code === 'O' ? ', which is pickled Python and could run code' : ''
    const known = `${Object.keys(dtypes).join(', ')}: save it with .astype('float32')`
    refuse('E_NPY_DTYPE', file, `the element type is ${quoted(descr)}${object}`, `supported are ${known}`)
  }
  return { dtype: dtypes[code as keyof typeof dtypes], swapped: order === '>' }
}

/** Swaps the byte order of each element in place. */
function swapBytes(bytes: Buffer, width: number): void {
  if (width === 2) bytes.swap16()
  if (width === 4) bytes.swap32()
  if (width === 8) bytes.swap64()
}

/** Elements from Fortran order, the first axis running fastest, to C order. */
function rowMajor<T extends TensorData[DType]>(data: T, shape: readonly number[]): T {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)))
  const out = data.slice() as Float64Array
  const place = shape.map(() => 0)
  for (let to = 0, from = 0; to < out.length; to++) {
    out[to] = data[from] as number
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [stride, size, at] = [strides[axis], shape[axis], place[axis]] as [number, number, number]
      place[axis] = at + 1
      from += stride
      if (at + 1 < size) break
      place[axis] = 0
      from -= stride * size
    }
  }
  return out as T
}

/**
 * The array in an NPY file (NumPy's format, versions 1 to 3): float16, float32, float64, int32, int64 or bool, of either
 * byte order; Fortran order is transposed.
 * @param file what to call it in messages
 * @throws InputError for other types (objects and structures among them), shapes that cannot be, and data that are not
 *   exactly as long as shape and type ask for
 */
export function decodeNpy(bytes: Uint8Array, file = 'array'): Tensor {
  expectArguments('decodeNpy', { bytes: must.bytes, file: must.text }, { bytes, file })
  const { descr, fortran, shape, start } = readHeader(bytes, file)
  const { dtype, swapped } = elementType(descr, file)
  const Storage = storageOf[dtype]
  const wanted = sizeOf(shape) * Storage.BYTES_PER_ELEMENT
  const found = bytes.length - start
  if (wanted !== found)
    refuse('E_NPY_SIZE', file, `${dtype}[${shape}] needs ${wanted} bytes of data and has ${found}`, 'save it again')
  // Copied: the data may lie unaligned, and must not be swapped under the caller.
  const raw = new Uint8Array(bytes.subarray(start))
  if (swapped) swapBytes(Buffer.from(raw.buffer), Storage.BYTES_PER_ELEMENT)
  const odd = dtype === 'bool' ? raw.findIndex((byte) => byte > 1) : -1
  if (odd >= 0) refuse('E_NPY', file, `element ${odd} of a bool array is ${raw[odd]}, neither 0 nor 1`)
  const data = new Storage(raw.buffer)
  return { dtype, shape, data: fortran && shape.length > 1 ? rowMajor(data, shape) : data }
}

/** Bytes of an element. */
export const elementBytes = (dtype: DType): number => storageOf[dtype].BYTES_PER_ELEMENT

/** What stands before the data in an NPY file, version 1, little-endian, C order, as `numpy.save` writes it. */
export function npyHeader(dtype: DType, shape: readonly number[]): Uint8Array {
  const [code] = Object.entries(dtypes).find(([, name]) => name === dtype) as [string, DType]
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const text = `{'descr': '${dtype === 'bool' ? '|' : '<'}${code}', 'fortran_order': False, 'shape': (${tuple}), }`
  const start = Math.ceil((10 + text.length + 1) / 64) * 64
  const out = Buffer.alloc(start, ' ')
  out.set([0x93, ...Buffer.from('NUMPY'), 1, 0])
  out.writeUInt16LE(start - 10, 8)
  out.write(text, 10, 'latin1')
  out[start - 1] = 0x0a
  return out
}

/** The bytes of an NPY file; equal arrays, equal bytes. */
export function encodeNpy(tensor: Tensor): Uint8Array {
  expectArguments('encodeNpy', { tensor: must.tensor }, { tensor })
  const { dtype, shape, data } = tensor
  return Buffer.concat([npyHeader(dtype, shape), new Uint8Array(data.buffer, data.byteOffset, data.byteLength)])
}
