import proto from 'onnx-proto'
import { describe, expect, it } from 'vitest'
import { decodeTensor } from '../../../src/onnx/proto/decode.js'

const read = (message: proto.onnx.ITensorProto) =>
  decodeTensor(proto.onnx.TensorProto.encode(message).finish(), 'input_0.pb')

describe('decodeTensor', () => {
  it.each([
    ['float32', { dataType: 1, floatData: [1.5, -2] }, Float32Array.of(1.5, -2)],
    ['float64', { dataType: 11, doubleData: [0.1, 2] }, Float64Array.of(0.1, 2)],
    ['float16', { dataType: 10, int32Data: [0x3c00, 0x8000] }, Uint16Array.of(0x3c00, 0x8000)],
    ['int32', { dataType: 6, int32Data: [-5, 6] }, Int32Array.of(-5, 6)],
    ['int64', { dataType: 7, int64Data: [-5, 2 ** 40] }, BigInt64Array.of(-5n, 2n ** 40n)],
    ['bool', { dataType: 9, int32Data: [0, 1] }, Uint8Array.of(0, 1)],
    ['uint8', { dataType: 2, int32Data: [0, 255] }, Uint8Array.of(0, 255)],
    ['int8', { dataType: 3, int32Data: [-128, 127] }, Int8Array.of(-128, 127)],
    ['uint32', { dataType: 12, uint64Data: [1, 2 ** 32 - 1] }, Uint32Array.of(1, 2 ** 32 - 1)],
    ['uint64', { dataType: 13, uint64Data: [1, 2 ** 52] }, BigUint64Array.of(1n, 2n ** 52n)],
    ['string', { dataType: 8, stringData: [Buffer.from('a'), Buffer.from('é')] }, ['a', 'é']],
  ])('reads the typed data of %s', (dtype, fields, data) => {
    expect(read({ name: 't', dims: [2], ...fields })).toEqual({ name: 't', tensor: { dtype, shape: [2], data } })
  })

  const raw = new Uint8Array(8)
  it.each([
    ['short raw data', { dataType: 1, dims: [3], rawData: raw }, 'float32[3] needs 12 bytes of data and has 8'],
    [
      'long raw data',
      { dataType: 11, dims: [], rawData: new Uint8Array(9) },
      'float64[] needs 8 bytes of data and has 9',
    ],
    ['no data', { dataType: 1, dims: [2, 2] }, 'float32[2,2] needs 4 values and has 0'],
    ['two sets of values', { dataType: 1, dims: [2], rawData: raw, floatData: [1, 2] }, 'rawData and floatData'],
    [
      'values in the wrong field',
      { dataType: 1, dims: [2], int32Data: [1, 2] },
      'is float32 but keeps its values in int32Data',
    ],
    ['a negative size', { dataType: 1, dims: [-1], rawData: raw }, 'has the impossible shape [-1]'],
    ['an overflowing size', { dataType: 1, dims: [2 ** 40, 2 ** 40], rawData: raw }, 'has the impossible size'],
    ['a huge size, unallocated', { dataType: 1, dims: [2 ** 40], rawData: raw }, 'needs 4398046511104 bytes'],
    [
      'complex numbers',
      { dataType: 14, dims: [1], rawData: raw },
      'has element type complex64\n  hint: supported are float32',
    ],
    ['raw strings', { dataType: 8, dims: [1], rawData: raw }, 'is string but keeps its values in rawData'],
    ['bfloat16', { dataType: 16, dims: [4], rawData: raw }, 'has element type bfloat16'],
    ['type 0', { dataType: 0, dims: [1], rawData: raw }, 'has element type undefined'],
    ['type 99', { dataType: 99, dims: [1], rawData: raw }, 'has element type data type 99'],
    ['external data', { dataType: 1, dims: [1], dataLocation: 1 }, 'keeps its data in another file'],
  ])('refuses %s', (_, message, text) => {
    expect(() => read({ name: 'a\u0007', ...message })).toThrow('input_0.pb: tensor "a\\u{7}" ')
    expect(() => read({ name: 'a\u0007', ...message })).toThrow(text)
  })

  it('refuses an empty file and a page of HTML', () => {
    expect(() => decodeTensor(new Uint8Array(), 'x.pb')).toThrow('x.pb: the file is empty')
    expect(() => decodeTensor(new TextEncoder().encode('<html>'), 'x.pb')).toThrow('looks like HTML')
  })
})
