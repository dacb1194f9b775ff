import { describe, expect, it } from 'vitest'
import { attachLoss } from '../../src/attach/attach.js'
import { InputError } from '../../src/io/fault.js'
import { float32 } from '../../src/io/tensor.js'
import { Graph } from '../../src/onnx/graph/graph.js'
import { encodeModel, encodePart } from '../../src/onnx/proto/encode.js'
import { type Edit, joined, payloads, splice } from '../../src/onnx/proto/wire.js'
import { ConfigError } from '../../src/yolo/config/config.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { body, value } from '../runtime/models.js'
import { tinyConfig, tinyDetector } from './detector.js'
import { tiny } from './given.js'

/** A detector with its graph, or the model around it, edited. */
function edited(graphEdits: (graph: Uint8Array) => Edit[], modelEdits: (model: Uint8Array) => Edit[] = () => []) {
  const plain = tinyDetector()
  const graph = payloads(plain, 7)[0] as Uint8Array
  const put = [joined(splice(graph, graphEdits(graph)))]
  return joined(splice(plain, [{ number: 7, at: 0, count: 1, put }, ...modelEdits(plain)]))
}

const node = (op: string, inputs: string[], outputs: string[], domain?: string) =>
  encodePart.node({ name: `their ${op}`, op, inputs, outputs, attributes: {}, ...(domain && { domain }) })
const append =
  (number: number, ...put: Uint8Array[]) =>
  (message: Uint8Array): Edit[] => [{ number, at: payloads(message, number).length, count: 0, put }]
const first =
  (number: number, ...put: Uint8Array[]) =>
  (): Edit[] => [{ number, at: 0, count: 0, put }]
const one = { dtype: 'float32' as const, shape: [1], data: Float32Array.of(1) }
const tensor = (name: string, ...more: number[]) =>
  new Uint8Array([...encodePart.initializer({ name, tensor: one }), ...more])

const field = (number: number, bytes: Iterable<number>) => [8 * number + 2, [...bytes].length, ...bytes]
const word = (number: number, text: string) => field(number, Buffer.from(text))
const halfTensor = [8, 3, 16, 1, ...field(4, Array(8).fill(0))]
const halfConstant = Uint8Array.from([
  ...word(2, 'c'),
  ...word(3, 'half'),
  ...word(4, 'Constant'),
  ...field(5, [...word(1, 'value'), ...field(5, halfTensor), 0xa0, 1, 4]),
])

/** A tensor of typed values: `n` by its shape, `held` in truth. */
const floats = (n: number, held = n) => [8, n, 16, 1, ...field(4, Array(4 * held).fill(0)), ...word(8, 's')]
const places = (shape: number[], held: number, dtype = 7) => [
  ...shape.flatMap((d) => [8, d]),
  ...[16, dtype, ...field(7, Array(held).fill(0))],
]
const dims = (...sizes: number[]) => sizes.flatMap((d) => [24, d])
const sparse = (values: number[], indices: number[], shape = dims(2, 3)) =>
  Uint8Array.from([...field(1, values), ...field(2, indices), ...shape])

/** A detector with a sparse initializer; and one where a constant is such a tensor. */
const withSparse = (tensor: Uint8Array) => edited(append(15, tensor))
const sparseConstant = (tensor: Uint8Array) =>
  edited(
    first(
      1,
      Uint8Array.from([
        ...[...word(2, 'c'), ...word(3, 'few'), ...word(4, 'Constant')],
        ...field(5, [...word(1, 'sparse_value'), ...[0xb2, 1, tensor.length, ...tensor], 0xa0, 1, 11]),
      ]),
    ),
  )

function refusal(model: Uint8Array): string {
  try {
    attachLoss(model, tiny, { file: 'd.onnx' })
  } catch (error) {
    expect(error).toBeInstanceOf(InputError)
    expect((error as InputError).exitCode).toBe(3)
    return (error as Error).message
  }
  throw new Error('was accepted')
}

describe('a graph that contradicts itself is refused', () => {
  it.each([
    ['a dangling input', edited(append(1, node('Relu', ['nowhere'], ['r']))), /"their Relu" \(Relu\) reads "nowhere", which nothing makes/],
    ['nodes out of order', edited(first(1, node('Relu', ['coarse'], ['r']))), /reads "coarse" before it is made: the nodes are out of order/],
    ['a circle', edited(append(1, node('Relu', ['b'], ['a']), node('Relu', ['a'], ['b']))), /in a circle/],
    ['a value made twice', edited(append(1, node('Relu', ['fine'], ['coarse']))), /makes "coarse", which exists already/],
    ['an initializer that shadows an edge', edited(append(5, tensor('coarse'))), /makes "coarse", which exists already/],
    ['a duplicate initializer', edited(append(5, tensor('twice'), tensor('twice'))), /initializer "twice" is given twice/],
    ['an output that nothing makes', edited(append(12, encodePart.value({ name: 'ghost', dtype: 'float32', shape: [] }))), /no node makes the output "ghost"/],
    ['raw data of another length', edited(append(5, tensor('long', 0x08, 3))), /"long" \(float32\[1,3\]\) needs 12 bytes of data and has 4/],
    ['typed data of another length', edited(append(5, Uint8Array.of(8, 3, 16, 1, 34, 8, 0, 0, 0, 0, 0, 0, 0, 0, 66, 1, 97))), /"a" \(float32\[3\]\) needs 3 values and has 2/],
    ['typed bits of another length', edited(append(5, Uint8Array.of(8, 1, 16, 10, 42, 2, 0, 0, 66, 1, 97))), /"a" \(float16\[1\]\) needs 1 values and has 2/],
    ['a constant of another length', edited(first(1, halfConstant)), /attribute "value" of .*"half" .*\(float32\[3\]\) needs 3 values and has 2/],
    ['two sets of values', edited(append(5, tensor('both', 0x22, 4, 0, 0, 0, 0))), /"both" .* holds two sets of values: rawData and floatData/],
    ['a shape of 2^62', edited(append(5, tensor('huge', 0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40))), /"huge" .* impossible shape/],
    ['a negative size', edited(append(5, tensor('less', 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1))), /"less" .* impossible shape/],
    ['a domain nobody imports', edited(append(1, node('Magic', ['coarse'], ['m'], 'their.own'))), /"their Magic" \(Magic\) is of the domain "their.own"/],
  ])('%s', (_, model, why) => {
    expect(refusal(model)).toMatch(why)
  }) // biome-ignore format: a table

  it.each([
    ['values of another length', sparse(floats(2, 3), places([2], 2)), /the values of \S+ "s" \(float32\[2\]\) needs 2 values and has 3/],
    ['places of another length', sparse(floats(2), places([2], 1)), /the places of \S+ "s" \(int64\[2\]\) needs 2 values and has 1/],
    ['places without data', sparse(floats(2), places([2], 0)), /the places of \S+ "s" \(int64\[2\]\) has no data/],
    ['places of a shape that holds others', sparse(floats(2), places([2, 2], 3)), /the places of \S+ "s" \(int64\[2,2\]\) needs 4 values and has 3/],
    ['fewer places than values', sparse(floats(2), places([1], 1)), /"s" \(sparse \[2,3\]\) has 2 values at places int64\[1\]/],
    ['places along other axes', sparse(floats(2), places([2, 3], 6)), /has 2 values at places int64\[2,3\]/],
    ['places that are no integers', sparse(floats(2), floats(2)), /has 2 values at places float32\[2\]/],
    ['no places', Uint8Array.from([...field(1, floats(2)), ...dims(2, 3)]), /has 2 values at places undefined\[\]/],
    ['no values', Uint8Array.from([...field(2, places([2], 2)), ...dims(2, 3)]), /\(sparse \[2,3\]\) has no values/],
    ['values twice', Uint8Array.from([...field(1, floats(2)), ...sparse(floats(2), places([2], 2))]), /needs 4 values and has 2|values of rank 2/],
    ['values of two axes', sparse([8, 1, ...floats(2)], places([2], 2)), /has values of rank 2/],
    ['more values than elements', sparse(floats(3), places([3], 3), dims(2)), /holds 3 values, more than it has elements/],
    ['a negative size', sparse(floats(1), places([1], 1), [24, ...Array(9).fill(0xff), 1]), /\(sparse \[-1\]\) has an impossible shape/],
  ])('a sparse tensor with %s', (_, tensor, why) => {
    expect(refusal(withSparse(tensor))).toMatch(why)
    expect(refusal(sparseConstant(tensor))).toMatch(/attribute "sparse_value" of .*"few"/)
  }) // biome-ignore format: a table

  it('a sparse tensor whose values lie outside of the folder', () => {
    const far = [8, 2, 16, 1, ...field(13, [...word(1, 'location'), ...word(2, '../x')]), 0x70, 1, ...word(8, 's')]
    const tensor = sparse(far, places([2], 2))
    for (const model of [withSparse(tensor), sparseConstant(tensor)])
      expect(refusal(model)).toMatch(/tensor "s": its external data lie at "..\/x"/)
  })

  it('a sparse tensor named as another one', () => {
    const both = edited((graph) => [...append(5, tensor('s'))(graph), ...append(15, sparse(floats(2), places([2], 2)))(graph)]) // biome-ignore format: short
    expect(refusal(both)).toMatch(/initializer "s" is given twice/)
  })

  it('bytes that are no sparse tensor', () => {
    expect(refusal(withSparse(Uint8Array.of(10, 200)))).toMatch(/cut short|not a readable ONNX model/)
  })

  it.each([
    ['by place', sparse(floats(2), places([2], 2))],
    ['by axes', sparse(floats(2), places([2, 2], 4))],
    ['of nothing', Uint8Array.from([...field(1, floats(0)), ...dims(2, 3)])],
  ])('but not a sparse tensor %s that is sound', (_, tensor) => {
    expect(() => attachLoss(withSparse(tensor), tiny)).not.toThrow()
    expect(() => attachLoss(sparseConstant(tensor), tiny)).not.toThrow()
  })

  it('a function that calls itself', () => {
    const call = { name: 'again', op: 'F', domain: 'f', inputs: ['x'], outputs: ['y'], attributes: {} }
    const F = encodePart.function({ domain: 'f', name: 'F', doc: '', opset: 13, inputs: ['x'], outputs: ['y'], attributes: [], nodes: [call] }) // biome-ignore format: short
    const model = edited(() => [], (m) => [...append(25, F)(m), ...append(8, encodePart.opset('f', 1))(m)]) // biome-ignore format: short
    expect(refusal(model)).toMatch(/function "F" calls itself/)
  })

  it('a function that calls itself in a branch', () => {
    const call = { name: 'again', op: 'F', domain: 'f', inputs: ['x'], outputs: ['y'], attributes: {} }
    const graph = body({ nodes: [call], outputs: [value('y')] })
    const either = { ...call, name: 'either', op: 'If', domain: '', attributes: { then_branch: { graph } } }
    const F = encodePart.function({ domain: 'f', name: 'F', doc: '', opset: 13, inputs: ['x'], outputs: ['y'], attributes: [], nodes: [either] }) // biome-ignore format: short
    const model = edited(() => [], (m) => [...append(25, F)(m), ...append(8, encodePart.opset('f', 1))(m)]) // biome-ignore format: short
    expect(refusal(model)).toMatch(/function "F" calls itself/)
  })

  it('a head behind 20,000 functions that call each the next, twice', () => {
    const depth = 20_000
    const functions = Array.from({ length: depth }, (_, i) => {
      const [op, domain] = i + 1 < depth ? [`F${i + 1}`, 'f'] : ['Sigmoid', '']
      const nodes = ['z', 'y'].map((out) => ({ name: out, op, domain, inputs: ['x'], outputs: [out], attributes: {} }))
      return encodePart.function({ domain: 'f', name: `F${i}`, doc: '', opset: 13, inputs: ['x'], outputs: ['y'], attributes: [], nodes }) // biome-ignore format: short
    })
    const far = append(1, node('F0', ['coarse'], ['far'], 'f'))
    const model = edited(far, (m) => [...append(25, ...functions)(m), ...append(8, encodePart.opset('f', 1))(m)])
    const attach = () => attachLoss(model, tiny, { heads: ['far', 'fine'] })
    expect(attach).toThrow(InputError)
    expect(attach).toThrow('"far" holds no logits any more')
  })

  it('a head of more numbers than a runtime could hold', () => {
    expect(refusal(tinyDetector({ batch: 2 ** 40 }))).toMatch(/float32\[1099511627776,21,\d,\d\] has more than/)
  })
})

describe('names', () => {
  it('with control characters are escaped', () => {
    const evil = 'a\u001b[31m\u202eb\n'
    expect(refusal(edited(append(1, node('Relu', [evil], ['r']))))).toMatch(/reads "a\\u{1b}\[31m\\u{202e}b\\u{a}"/)
  })

  it.each(['__proto__', 'constructor', 'toString', 'x'.repeat(1_000_000)])(
    'such as %.12s are as good as others',
    (name) => {
      const detector = edited(append(1, node('Relu', ['coarse'], [name]), node('Relu', ['', name].slice(1), ['r'])))
      expect(attachLoss(detector, tiny).outputs).toEqual(['loss'])
    },
  )

  it('that are not UTF-8 are refused', () => {
    expect(refusal(edited(append(2, new Uint8Array([0xff, 0xfe]))))).toMatch(/not a readable ONNX model/)
  })
})

describe('versions', () => {
  it.each([[10], [6], [26]])('opset %i is refused with the command that converts', (opset) => {
    const model = edited(() => [], () => [{ number: 8, at: 0, count: 1, put: [encodePart.opset('', opset)] }]) // biome-ignore format: short
    expect(refusal(model)).toMatch(
      new RegExp(`its opset is ${opset}; a loss can be attached at 11 to 25[\\s\\S]*convert_version`),
    )
  })

  it.each([[0], [99]])('IR version %i is refused with the range', (ir) => {
    const model = tinyDetector()
    expect(model[0]).toBe(8) // the tag of ir_version
    model[1] = ir
    expect(refusal(model)).toMatch(/IR version .* outside the supported range 3 to 13/)
  })

  it('a missing opset, and one given twice', () => {
    expect(refusal(edited(() => [], () => [{ number: 8, at: 0, count: 1, put: [] }]))).toMatch(/no opset is imported/) // biome-ignore format: short
    expect(refusal(edited(() => [], append(8, encodePart.opset('ai.onnx', 12))))).toMatch(/imported twice/)
  })
})

describe('heads', () => {
  const attach =
    (options: object, config: object = {}, model = tinyDetector()) =>
    () =>
      attachLoss(model, resolveConfig({ ...tinyConfig, ...config }), { file: 'd.onnx', ...options })

  it('of another number of classes: both numbers', () => {
    expect(attach({}, { classes: 3 })).toThrow(
      /\[N,24,h,w\][\s\S]*"coarse" float32\[N,21,3,2\][\s\S]*21 channels are 2 classes with 3 anchors/,
    )
    expect(attach({ heads: ['coarse', 'fine'] }, { classes: 3 })).toThrow(
      /head "coarse" is float32\[N,21,3,2\], but the configuration wants 3 × \(5 \+ 3\) = 24 channels[\s\S]*21 channels are 2 classes/,
    )
  })

  it('of another number of anchors or scales: both numbers', () => {
    expect(attach({}, { anchors: tinyConfig.anchors.slice(0, 4), anchorMask: [[2, 3], [0, 1]] })).toThrow(/2 anchors/) // biome-ignore format: short
    expect(attach({ heads: ['coarse'] })).toThrow(/1 heads, but the configuration has 2 scales/)
    expect(attach({}, { anchors: [...tinyConfig.anchors, ...tinyConfig.anchors.slice(0, 3)], anchorMask: [[6, 7, 8], [3, 4, 5], [0, 1, 2]] })).toThrow(/3 outputs .* wanted[\s\S]*found 2/) // biome-ignore format: short
  })

  it('that are not there: a suggestion', () => {
    expect(attach({ heads: ['coars', 'fine'] })).toThrow(/no value "coars"[\s\S]*did you mean "coarse"/)
    expect(attach({ heads: ['coarse', 'coarse'] })).toThrow(/name a value twice/)
  })

  it('that both layouts fit: asks', () => {
    const detector = tinyDetector({ size: [21 * 32, 21 * 32] })
    expect(attach({}, {}, detector)).toThrow(
      /"coarse" float32\[N,21,21,21\] fits several layouts: nchw .* nhwc .*\n.*--head-layout nchw or nhwc/,
    )
  })

  it('that were decoded: the cut points', () => {
    const decoded = tinyDetector({ head: 'sigmoid' })
    expect(attach({}, {}, decoded)).toThrow(
      /"coarse" holds no logits any more: it went through node "Sigmoid" \(Sigmoid\)\n.*--heads head0\/Conv,head1\/Conv/,
    )
  })

  it('of unequal proportions, or of another image than the model takes', () => {
    const heads = { heads: ['fine', 'stage0/LeakyRelu'] }
    expect(attach(heads)).toThrow(/stage0/)
    expect(attach({}, { anchorMask: [[3, 4, 5]] })).toThrow(/1 outputs .* wanted[\s\S]*found 2/)
    expect(attach({ heads: ['fine'] }, { anchorMask: [[3, 4, 5]] })).toThrow(
      /the image is 96×64, but the coarsest grid 6×4 at 32 pixels a cell covers 192×128/,
    )
  })

  it('of batch size 0', () => {
    expect(attach({}, {}, tinyDetector({ batch: 0 }))).toThrow(/batch size 0/)
  })

  it('with grids that do not fit', () => {
    const flat = tinyDetector({ head: 'flat-ahw' })
    expect(attach({ grids: [[3, 2]] }, {}, flat)).toThrow(ConfigError)
    expect(attach({ layout: 'flat-ahw', grids: [[3, 3], [6, 6]] }, {}, flat)).toThrow(/has 18 places, but 3 anchors on the grids 3×3, 6×6 are 27, 108/) // biome-ignore format: short
  })

  it('with options that have no meaning for a detector', () => {
    expect(attach({}, { graph: 'head' })).toThrow(/"graph" must be loss/)
    expect(attach({}, { form: 'static', batch: 1, input: [416, 416] })).toThrow(
      /heads are those of a 96×64 image, but the configuration has 416×416/,
    )
    expect(attach({}, { batch: 4 }, tinyDetector({ batch: 3 }))).toThrow(/its batch is 3, but the configuration has 4/)
  })
})

describe('a loss that is no detector', () => {
  it('is refused', () => {
    const graph = new Graph()
    const x = graph.input('x', 'float32', [1])
    const model = encodeModel(graph.build({ y: x }, { metadata: { 'yolo_loss.config': '{}' } }))
    expect(refusal(model)).toMatch(/this is a loss, not a detector/)
  })

  it('a graph without any head too', () => {
    const graph = new Graph()
    const x = graph.input('x', 'float32', [1, 3])
    const model = encodeModel(graph.build({ y: graph.emit('Add', [x, graph.constant(float32([3], [1, 2, 3]), 'c')], ['float32', [1, 3]]) })) // biome-ignore format: short
    expect(refusal(model)).toMatch(/found 0/)
  })
})
