import proto from 'onnx-proto'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../../src/io/fault.js'
import { decodeModel, encodeForeign } from '../../../src/onnx/proto/codec.js'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import { readModel } from '../../../src/onnx/proto/read.js'
import { sum, sumBytes } from '../../runtime/models.js'

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text)

/** What a refusal says; fails if there is none. */
function refusal(act: () => unknown): InputError {
  try {
    act()
  } catch (error) {
    expect(error).toBeInstanceOf(InputError)
    return error as InputError
  }
  throw new Error('not refused')
}

const lfs = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 248006\n'

describe('readModel refuses', () => {
  it.each([
    ['an empty file', new Uint8Array(), 'E_EMPTY', 'm.onnx: the file is empty\n  hint: export or download it again'],
    ['an HTML page', ascii('\n <!DOCTYPE html><title>404'), 'E_HTML', 'looks like HTML'],
    ['an LFS pointer', ascii(lfs), 'E_LFS', 'a file of 248006 bytes, not the file itself\n  hint: run: git lfs pull'],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0), 'E_GZIP', 'gzip archive\n  hint: unpack it first: gunzip'],
    ['zip', ascii('PK\u0003\u0004rest'), 'E_ZIP', 'zip archive\n  hint: unpack it first: unzip'],
    ['a truncated model', sumBytes.subarray(0, 40), 'E_TRUNCATED', /data ends at byte \d+ of 40/],
    ['bad data', Uint8Array.of(8, 8, 0x0c, 1, 2), 'E_PROTOBUF', /bad data at byte \d of 5/],
    ['a name that is not UTF-8', Uint8Array.of(0x12, 1, 0xff), 'E_PROTOBUF', 'bad data at byte 3 of 3'],
    ['a message without a graph', Uint8Array.of(8, 8), 'E_NOT_A_MODEL', 'it has no graph'],
    ['IR 0', encodeModel(sum({ irVersion: 0 })), 'E_IR', 'IR version 0 is outside the supported range 3 to 13'],
    ['IR 99', encodeModel(sum({ irVersion: 99 })), 'E_IR', 'IR version 99'],
    ['opset 99', encodeModel(sum({ opset: 99 })), 'E_OPSET', 'opset 99 is not supported\n  hint: import ai.onnx once'],
  ])('%s', (_, bytes, code, message) => {
    const error = refusal(() => readModel(bytes, 'm.onnx'))
    expect(error.code).toBe(code)
    expect(error.exitCode).toBe(3)
    expect(error.message).toMatch(message)
  })

  it('a missing opset, and one imported twice under two names', () => {
    const model = proto.onnx.ModelProto.decode(sumBytes)
    const bytes = (opsetImport: { domain: string; version: number }[]) =>
      proto.onnx.ModelProto.encode({ ...model, opsetImport }).finish()
    expect(() => readModel(bytes([]), 'm')).toThrow('no opset is imported')
    const twice = [
      { domain: '', version: 17 },
      { domain: 'ai.onnx', version: 18 },
    ]
    expect(() => readModel(bytes(twice), 'm')).toThrow('domain "ai.onnx" is imported twice, at opset 17 and 18')
    const agreed = twice.map((one) => ({ ...one, version: 17 }))
    expect(readModel(bytes(agreed), 'm').opsets).toEqual(new Map([['', 17]]))
  })

  it('subgraphs nested beyond reason, at once', () => {
    let graph: proto.onnx.IGraphProto = { node: [{ opType: 'Relu' }] }
    for (let i = 0; i < 33; i++) graph = { node: [{ opType: 'If', attribute: [{ name: 'then_branch', g: graph }] }] }
    const bytes = proto.onnx.ModelProto.encode({ irVersion: 8, graph }).finish()
    expect(refusal(() => readModel(bytes, 'deep')).message).toContain('nested too deeply')
    const groups = new Uint8Array(100_000).fill(0x4b)
    // Without a byte that no text has it would be one.
    groups.set([0x08, 0x08])
    expect(refusal(() => readModel(groups, 'groups')).message).toContain('nested too deeply')
  })

  it('random bytes, without ever failing otherwise', () => {
    let state = 1
    const random = () => {
      state = (state * 48271) % 2147483647
      return state
    }
    for (let i = 0; i < 500; i++) {
      const bytes = Uint8Array.from({ length: random() % 200 }, random)
      refusal(() => readModel(bytes, 'random'))
      const damaged = Uint8Array.from(sumBytes)
      damaged[random() % damaged.length] = random()
      try {
        readModel(damaged, 'damaged')
      } catch (error) {
        expect(error).toBeInstanceOf(InputError)
      }
    }
  })

  it('a file whose name would write to the terminal, with the name escaped', () => {
    const { message } = refusal(() => readModel(new Uint8Array(), '\u001b[2Jm\u202e.onnx'))
    expect(message).toContain('\\u{1b}[2Jm\\u{202e}.onnx: the file is empty')
  })
})

describe('readModel', () => {
  it('reads names like __proto__ without confusion', () => {
    const info = readModel(encodeModel(sum({ metadata: JSON.parse('{"__proto__": "a", "constructor": "b"}') })), 'm')
    expect([...info.metadata]).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ])
  })

  it('does not take initializers for inputs, and tells open shapes from scalars', () => {
    const float = { tensorType: { elemType: 1 } }
    const bytes = proto.onnx.ModelProto.encode({
      irVersion: 3,
      opsetImport: [{ version: 9 }],
      graph: {
        input: [
          { name: 'open', type: float },
          { name: 'scalar', type: { tensorType: { elemType: 2, shape: { dim: [] } } } },
          { name: 'odd', type: { tensorType: { elemType: 16, shape: { dim: [{ dimValue: -1 }, {}] } } } },
          { name: 'list', type: { sequenceType: { elemType: float } } },
          { name: 'w', type: float },
        ],
        initializer: [{ name: 'w', dims: [1], dataType: 1, floatData: [1] }],
      },
    })
    expect(readModel(bytes.finish(), 'm').inputs).toEqual([
      { name: 'open', dtype: 'float32', shape: undefined },
      { name: 'scalar', dtype: 'uint8', shape: [] },
      { name: 'odd', dtype: 'bfloat16', shape: ['', ''] },
      { name: 'list', dtype: 'other', shape: undefined },
    ])
  })
})

describe('encodeForeign', () => {
  it('gives back every field, known or not', () => {
    const unknown = [0xa2, 6, 3, 1, 2, 3] // field 100, three bytes
    const nodeNew = [0x4a, 4, 0x0a, 2, 0x6b, 0x31] // NodeProto.metadata_props, newer than onnx-proto
    const node = [0x22, 4, ...ascii('Relu'), ...nodeNew, ...unknown]
    const graph = [0x0a, node.length, ...node, 0x12, 1, ...ascii('g'), ...unknown]
    const bytes = Uint8Array.from([8, 8, 0x3a, graph.length, ...graph, 0x42, 4, 0x0a, 0, 0x10, 17, ...unknown])
    expect(encodeForeign(decodeModel(bytes, 'foreign'))).toEqual(bytes)
    expect(proto.onnx.ModelProto.encode(proto.onnx.ModelProto.decode(bytes)).finish().length).toBeLessThan(bytes.length)
  })

  it('changes nothing in a model that went through it once', () => {
    const once = encodeForeign(decodeModel(sumBytes, 'sum'))
    expect(encodeForeign(decodeModel(once, 'sum'))).toEqual(once)
    expect(readModel(once, 'sum')).toEqual(readModel(sumBytes, 'sum'))
  })
})
