import protobuf from 'protobufjs'
import { describe, expect, it } from 'vitest'
import { attachLoss } from '../../src/attach/attach.js'
import { detachLoss } from '../../src/attach/detach.js'
import { encodePart } from '../../src/onnx/proto/encode.js'
import { type Edit, joined, payloads, splice, wireFields } from '../../src/onnx/proto/wire.js'
import { checkAttached } from './compare.js'
import { tinyDetector } from './detector.js'
import { tiny } from './given.js'

const bytes = (text: string) => new Uint8Array(Buffer.from(text))

/** A string field and, as a payload, a message of it. */
const field = (number: number, text: string) =>
  new Uint8Array(
    protobuf.Writer.create()
      .uint32(number * 8 + 2)
      .string(text)
      .finish(),
  )

const append = (message: Uint8Array, number: number, ...put: Uint8Array[]): Edit => ({
  number,
  at: payloads(message, number).length,
  count: 0,
  put,
})

/** The tiny detector with everything a model may hold beside nodes, much of it newer than any schema here. */
function laden(irVersion = 10): Uint8Array {
  const plain = tinyDetector({ opset: 17, irVersion })
  const [graph] = payloads(plain, 7) as [Uint8Array]
  const entry = (key: string, value: string) => encodePart.metadata({ [key]: value })[0] as Uint8Array
  const nodeOfTheirs = payloads(graph, 1)[0] as Uint8Array
  const noted = joined(splice(nodeOfTheirs, [append(nodeOfTheirs, 9, entry('namespace', 'backbone'))]))
  // An initializer of a type that no schema knows yet, a quantisation annotation, a sparse one, unknown fields.
  const tensor = new Uint8Array([...encodePart.initializer({ name: 'exotic', tensor: one }), 0x10, 99])
  const values = tensorNamed('sparse')
  const places = encodePart.initializer({ name: '', tensor: { ...one, dtype: 'int64', data: BigInt64Array.of(3n) } })
  const sparse = new Uint8Array([0x0a, values.length, ...values, 0x12, places.length, ...places, 0x18, 4])
  const richGraph = joined(
    splice(graph, [
      { number: 1, at: 0, count: 1, put: [noted] },
      append(graph, 10, bytes('a graph')),
      append(graph, 5, tensor),
      append(graph, 14, field(1, 'stage0/Conv')),
      append(graph, 15, sparse),
      append(graph, 16, entry('graph', 'note')),
      append(graph, 77, bytes('unknown in graph')),
    ]),
  )
  const edits: Edit[] = [
    { number: 7, at: 0, count: 1, put: [richGraph] },
    append(plain, 6, bytes('a model')),
    append(plain, 14, entry('loss', 'theirs')),
    append(plain, 20, field(99, 'training')),
    append(
      plain,
      25,
      new Uint8Array([...field(1, 'Twice'), ...field(10, 'their.domain'), ...field(98, 'unknown in function')]),
    ),
    append(plain, 8, encodePart.opset('their.domain', 3)),
    append(plain, 201, bytes('unknown in model')),
  ]
  return joined(splice(plain, edits))
}

const one = { dtype: 'float32' as const, shape: [1], data: Float32Array.of(1) }
const tensorNamed = (name: string) => encodePart.initializer({ name, tensor: one })

/** Every field of a message that is not among those added, in order, as text. */
const fieldsOf = (message: Uint8Array) =>
  wireFields(message).map((f) => [f.number, Buffer.from(message.subarray(f.start, f.end)).toString('latin1')] as const)

describe('a detector with fields of every kind', () => {
  it.each([8, 10, 13])('keeps all of them, IR %i', (irVersion) => {
    const detector = laden(irVersion)
    const { bytes: attached } = attachLoss(detector, tiny)
    const left = fieldsOf(attached)
    for (const [number, text] of fieldsOf(detector)) {
      if (number === 7) continue
      expect(
        left.some(([n, t]) => n === number && t === text),
        `model field ${number}`,
      ).toBe(true)
    }
    const inGraph = fieldsOf(payloads(attached, 7)[0] as Uint8Array)
    const theirs = fieldsOf(payloads(detector, 7)[0] as Uint8Array)
    let from = 0
    for (const [number, text] of theirs) {
      const at = inGraph.findIndex(([n, t], i) => i >= from && n === number && t === text)
      expect(at, `graph field ${number}`).toBeGreaterThanOrEqual(from)
      from = at + 1
    }
    expect(Buffer.from(detachLoss(attached).bytes).equals(detector)).toBe(true)
  })

  it('keeps metadata of nodes', () => {
    const { bytes: attached } = attachLoss(laden(10), tiny)
    const [node] = payloads(payloads(attached, 7)[0] as Uint8Array, 1) as [Uint8Array]
    expect(Buffer.from(payloads(node, 9)[0] as Uint8Array).toString('latin1')).toContain('namespace')
  })

  it('stands in any order of fields, and in several graphs that make one', () => {
    const plain = tinyDetector()
    const [graph] = payloads(plain, 7) as [Uint8Array]
    const parts = wireFields(graph).map((f) => graph.subarray(f.start, f.end))
    const shuffled = joined([...parts.slice(10), ...parts.slice(0, 10)])
    // Nodes keep their order, or the graph would not be sorted; everything else may stand anywhere.
    const nodes = payloads(graph, 1)
    const sorted = joined(
      splice(
        shuffled,
        payloads(shuffled, 1).map((_, at) => ({ number: 1, at, count: 1, put: [nodes[at] as Uint8Array] })),
      ),
    )
    const half = wireFields(sorted)[20]?.start as number
    const detector = joined(
      splice(plain, [{ number: 7, at: 0, count: 1, put: [sorted.subarray(0, half), sorted.subarray(half)] }]),
    )
    const { bytes: attached } = attachLoss(detector, tiny)
    const back = detachLoss(attached).bytes
    expect(Buffer.from(payloads(back, 7)[0] as Uint8Array).equals(sorted)).toBe(true)
  })

  it('before IR 4 gets its constants as nodes', async () => {
    const detector = tinyDetector({ irVersion: 3 })
    const { attached } = await checkAttached(detector)
    const graph = payloads(attached.bytes, 7)[0] as Uint8Array
    expect(payloads(graph, 5)).toHaveLength(payloads(payloads(detector, 7)[0] as Uint8Array, 5).length)
    expect(Buffer.from(detachLoss(attached.bytes).bytes).equals(detector)).toBe(true)
  })
})
