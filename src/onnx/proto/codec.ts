import protobuf from 'protobufjs'
import { InputError, refuseOtherKinds, refuseText } from '../../io/index.js'
import type { Int64, ModelProto, NodeProto, TensorProto, ValueInfoProto } from './messages.js'
import { schema } from './schema.js'

let messages: protobuf.Namespace | undefined

/** A message of the schema, which is read with the first: not every command has one. */
function typeOf(message: string): protobuf.Type {
  messages ??= protobuf.parse(schema).root.resolveAll()
  return messages.lookupType(`onnx.${message}`)
}

/** Why decoding stopped; protobufjs raises a RangeError when a length leads past the end, an Error for bad data. */
function refusal(error: unknown, reader: protobuf.Reader, kind: string, file: string): InputError {
  const at = `at byte ${reader.pos} of ${reader.buf.length}`
  if (error instanceof RangeError) {
    const remedy = 'compare its size with the original; an interrupted copy ends early'
    const what = `${kind} cut short: data ends ${at}`
    return new InputError('E_TRUNCATED', { where: file, what, remedy }, { cause: error })
  }
  const reason = error instanceof Error ? error.message : String(error)
  const what = /max depth/.test(reason) ? `${kind} nested too deeply, ${at}` : `not a readable ${kind}: bad data ${at}`
  const remedy = 'check that this is the right file, and undamaged'
  return new InputError('E_PROTOBUF', { where: file, what, remedy }, { cause: error })
}

function decode(type: protobuf.Type, bytes: Uint8Array, kind: string, file: string): unknown {
  refuseOtherKinds(bytes, file)
  const reader = protobuf.Reader.create(bytes)
  reader.discardUnknown = false
  try {
    return type.decode(reader)
  } catch (error) {
    refuseText(bytes, file, 'ONNX', 'name the file that the export wrote, which no editor can show')
    throw refusal(error, reader, kind, file)
  }
}

const view = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/**
 * Decodes a model of any origin and keeps every field, known or not, so that `encodeForeign` gives it back unchanged.
 * Byte fields are views into `bytes`.
 * @throws InputError when the bytes are no protobuf message
 */
export const decodeModel = (bytes: Uint8Array, file: string): ModelProto =>
  decode(typeOf('ModelProto'), bytes, 'ONNX model', file) as ModelProto

/** The bytes of a decoded model; identical to what was decoded for models written by the official libraries. */
export const encodeForeign = (model: ModelProto): Uint8Array =>
  view(
    typeOf('ModelProto')
      .encode(model as unknown as protobuf.Message)
      .finish(),
  )

/**
 * Decodes a TensorProto, as a `.pb` file of the ONNX backend tests holds it. Byte fields are views into `bytes`.
 * @throws InputError when the bytes are no protobuf message
 */
export const decodeTensorProto = (bytes: Uint8Array, file: string): TensorProto =>
  decode(typeOf('TensorProto'), bytes, 'tensor', file) as TensorProto

/** A 64-bit integer as a number; NaN where a double cannot hold it exactly. */
export function exact(value: Int64 | number): number {
  const number = typeof value === 'number' ? value : value.toNumber()
  return Number.isSafeInteger(number) ? number : Number.NaN
}

const parts = {
  node: 'NodeProto',
  initializer: 'TensorProto',
  value: 'ValueInfoProto',
  function: 'FunctionProto',
} as const

interface Parts {
  readonly node: NodeProto
  readonly initializer: TensorProto
  readonly value: ValueInfoProto
}

/** The bytes of one decoded part of a model; fields that nobody knows stay. */
export const encodeForeignPart = <P extends keyof Parts>(part: P, message: Parts[P]): Uint8Array =>
  view(
    typeOf(parts[part])
      .encode(message as unknown as protobuf.Message)
      .finish(),
  )

/**
 * One part of a model in the spelling of ONNX's own libraries, whoever wrote it: lists of numbers, for one, may be packed
 * or not. Loading and saving a file with them leaves such parts as they are.
 * @throws InputError when the bytes are no such message
 */
export function canonical(part: keyof typeof parts, bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return bytes
  const type = typeOf(parts[part])
  return view(type.encode(decode(type, bytes, `part of a model (${part})`, 'model') as protobuf.Message).finish())
}
