import { type Chunks, delimited, encodeVarint, extent, joined, varint, wireFields } from './wire.js'

/** The wire types of the elements of repeated numbers. */
const wire = { int64: 0, float: 5 } as const

/** What a message of ONNX holds, by the numbers of its fields: messages within it, and repeated numbers. */
interface Layout {
  readonly messages?: Readonly<Record<number, () => Layout>>
  readonly numbers?: Readonly<Record<number, keyof typeof wire>>
}

const tensor: Layout = { numbers: { 1: 'int64' } }
const attribute: Layout = { messages: { 5: () => tensor, 6: () => graph }, numbers: { 7: 'float', 8: 'int64' } }
const node: Layout = { messages: { 5: () => attribute } }
const graph: Layout = { messages: { 1: () => node, 5: () => tensor } }

const layouts = {
  model: { messages: { 7: () => graph } },
  function: { messages: { 7: () => node } },
  node,
  initializer: tensor,
} as const satisfies Record<string, Layout>

/**
 * A message as ONNX's own libraries spell it: proto2 writes repeated numbers one by one unless the schema says
 * otherwise, and readers written by hand know no other spelling. protobufjs packs them.
 * @param message as protobufjs encodes what this library builds
 */
export const unpacked = (kind: keyof typeof layouts, message: Uint8Array): Uint8Array =>
  joined(respelled(message, layouts[kind]))

function respelled(message: Uint8Array, layout: Layout): Chunks {
  return wireFields(message).flatMap(({ number, start, body, end }) => {
    const content = message.subarray(body, end)
    const inner = layout.messages?.[number]
    if (inner) return delimited(number, respelled(content, inner()))
    const list = layout.numbers?.[number]
    const packed = varint(message, start)[0] % 8 === 2
    return list !== undefined && packed ? oneByOne(number, wire[list], content) : [message.subarray(start, end)]
  })
}

function oneByOne(number: number, type: number, list: Uint8Array): Chunks {
  const tag = Uint8Array.from(encodeVarint(number * 8 + type))
  const chunks: Uint8Array[] = []
  for (let at = 0; at < list.length; ) {
    const end = extent(list, at, type)[1]
    chunks.push(tag, list.subarray(at, end))
    at = end
  }
  return chunks
}
