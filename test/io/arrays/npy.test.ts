import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeNpy, encodeNpy } from '../../../src/io/arrays/npy.js'
import type { Tensor } from '../../../src/io/tensor.js'

/** The bytes of an NPY file put together by hand: header text, data, and what a faulty writer would change. */
function npy(header: string, data: Uint8Array, { version = 1, length = header.length, magic = '\x93NUMPY' } = {}) {
  const size = Buffer.alloc(version === 1 ? 2 : 4)
  if (version === 1) size.writeUInt16LE(length)
  else size.writeUInt32LE(length)
  return Buffer.concat([Buffer.from(magic, 'latin1'), Buffer.of(version, 0), size, Buffer.from(header), data])
}

const head = (descr: string, shape: string, order = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`

const bytesOf = (data: ArrayBufferView) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
const six = bytesOf(Float32Array.of(1, 2, 3, 4, 5, 6))

describe('an NPY file reads', () => {
  it.each([1, 2, 3])('in version %i', (version) => {
    const tensor = decodeNpy(npy(head('<f4', '(2, 3)'), six, { version }), 'a.npy')
    expect(tensor).toEqual({ dtype: 'float32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) })
  })

  it.each<[string, string, ArrayBufferView]>([
    ['<f2', 'float16', Uint16Array.of(0x3c00, 0xc000)],
    ['<f8', 'float64', Float64Array.of(0.1, -2)],
    ['<i4', 'int32', Int32Array.of(1, -2)],
    ['<i8', 'int64', BigInt64Array.of(1n, -(2n ** 60n))],
    ['|b1', 'bool', Uint8Array.of(0, 1)],
  ])('with elements %s', (descr, dtype, data) => {
    expect(decodeNpy(npy(head(descr, '(2,)'), bytesOf(data)), 'a.npy')).toEqual({ dtype, shape: [2], data })
  })

  it('in the other byte order, leaving the bytes it was given as they are', () => {
    const data = Buffer.alloc(8)
    data.writeFloatBE(1.5)
    data.writeFloatBE(-3, 4)
    const file = npy(head('>f4', '(2,)'), data)
    expect(decodeNpy(file, 'a.npy').data).toEqual(Float32Array.of(1.5, -3))
    expect(decodeNpy(file, 'a.npy').data).toEqual(Float32Array.of(1.5, -3))
  })

  it('in Fortran order, transposed', () => {
    const tensor = decodeNpy(npy(head('<f4', '(2, 3)', 'True'), six), 'a.npy')
    expect(tensor.data).toEqual(Float32Array.of(1, 3, 5, 2, 4, 6))
  })

  it('of rank 0 and of size 0, with its keys in any order', () => {
    expect(decodeNpy(npy(head('<f4', '()'), six.subarray(0, 4)), 'a.npy').shape).toEqual([])
    expect(decodeNpy(npy(head('<f4', '(0, 3)', 'True'), six.subarray(0, 0)), 'a.npy').shape).toEqual([0, 3])
    const turned = `{'shape': (6,), 'descr': '<f4', 'fortran_order': False}`
    expect(decodeNpy(npy(turned, six), 'a.npy').shape).toEqual([6])
  })

  it('as it was written, whatever it holds', () => {
    const tensors = fc
      .tuple(fc.array(fc.nat({ max: 4 }), { maxLength: 4 }), fc.constantFrom('float32', 'float64', 'int32'))
      .map(([shape, dtype]): Tensor => {
        const length = shape.reduce((n, d) => n * d, 1)
        const type = { float32: Float32Array, float64: Float64Array, int32: Int32Array }[dtype as 'float32']
        return { dtype: dtype as 'float32', shape, data: type.from({ length }, (_, i) => i * 0.7 - 3) }
      })
    fc.assert(
      fc.property(tensors, (tensor) => {
        const bytes = encodeNpy(tensor)
        expect(bytes.length % 64).toBe(tensor.data.byteLength % 64)
        expect(decodeNpy(bytes, 'a.npy')).toEqual(tensor)
      }),
      { numRuns: 50 },
    )
  })
})

describe('an NPY file is refused', () => {
  const good = npy(head('<f4', '(2, 3)'), six)
  it.each<[string, Uint8Array, string]>([
    ['that is 4 bytes short', good.subarray(0, -4), 'float32[2,3] needs 24 bytes of data and has 20'],
    ['that is 4 bytes long', Buffer.concat([good, Buffer.alloc(4)]), 'needs 24 bytes of data and has 28'],
    ['of negative shape', npy(head('<f4', '(-2, -3)'), six), 'the impossible shape (-2, -3)'],
    ['whose shape is a number', npy(head('<f4', '(6)'), six), 'the impossible shape (6)'],
    ['of a shape with a gap', npy(head('<f4', '(2,,3)'), six), 'the impossible shape (2,,3)'],
    ['of 2^60 elements', npy(head('<f4', '(1073741824, 1073741824)'), six), 'needs 4611686018427388000 bytes'],
    ['of objects', npy(head('|O', '(1,)'), six), '"|O", which is pickled Python and could run code'],
    ['of text', npy(head('<U3', '(2,)'), six), 'the element type is "<U3"'],
    ['of unsigned bytes', npy(head('|u1', '(24,)'), six), 'supported are f2, f4, f8, i4, i8, b1'],
    ['without a byte order', npy(head('f4', '(6,)'), six), 'the element type is "f4"'],
    [
      'of structures',
      npy(`{'descr': [('x', '<f4'), ('y', '<f4')], 'fortran_order': False, 'shape': (3,), }\n`, six),
      'structured type',
    ],
    [
      'whose header is too long for it',
      npy(head('<f4', '(2, 3)'), six, { length: 999 }),
      'the header claims 999 bytes, and the file has',
    ],
    ['whose header is too short for its text', npy(head('<f4', '(2, 3)'), six, { length: 40 }), 'no NPY header'],
    ['with a header over 64 KiB', npy(head('<f4', '(2, 3)'), six, { version: 3, length: 65537 }), 'more than 65536'],
    ['without its shape', npy(`{'descr': '<f4', 'fortran_order': False}`, six), 'no NPY header'],
    ['with a key twice', npy(`{'descr': '<f4', 'descr': '<f8', 'fortran_order': False}`, six), 'no NPY header'],
    ['with a foreign key', npy(`{'x': '<f4', 'fortran_order': False, 'shape': (6,)}`, six), 'no NPY header'],
    ['of version 4', npy(head('<f4', '(2, 3)'), six, { version: 4 }), 'version 4.0 is not supported'],
    ['of another kind', npy(head('<f4', '(2, 3)'), six, { magic: '\x93NUMPI' }), 'this is no NPY file'],
    ['that ends in its header', good.subarray(0, 9), 'ends within its header'],
    ['with a bool of 2', npy(head('|b1', '(2,)'), Uint8Array.of(1, 2)), 'element 1 of a bool array is 2'],
  ])('%s', (_, bytes, message) => {
    expect(() => decodeNpy(bytes, 'a.npy')).toThrow(expect.objectContaining({ exitCode: 3, name: 'InputError' }))
    expect(() => decodeNpy(bytes, 'a.npy')).toThrow(message)
    expect(() => decodeNpy(bytes, 'a.npy')).toThrow('a.npy: ')
  })

  it('wherever it is cut off or changed, without a crash', () => {
    const cut = fc.nat({ max: good.length - 1 })
    fc.assert(
      fc.property(cut, fc.nat({ max: 255 }), (at, byte) => {
        expect(() => decodeNpy(good.subarray(0, at), 'a.npy')).toThrow(expect.objectContaining({ exitCode: 3 }))
        const changed = Buffer.from(good)
        changed[at] = byte
        try {
          decodeNpy(changed, 'a.npy')
        } catch (error) {
          expect(error).toMatchObject({ exitCode: 3 })
        }
      }),
    )
  })
})
