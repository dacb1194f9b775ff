/**
 * Protobuf messages at the level of their bytes: fields are found, copied and put in, but never interpreted. What is
 * not touched keeps its bytes, whatever version of the schema it was written for.
 */

/** One field of a message, by the places of its bytes. */
export interface WireField {
  readonly number: number
  /** Where its tag begins. */
  readonly start: number
  /** Where its content begins: the payload of a message, string or bytes field. */
  readonly body: number
  readonly end: number
}

const groupStart = 3
const groupEnd = 4

/** A base-128 integer; beyond 2^53 it loses digits, but no length or tag is that large. */
export function varint(bytes: Uint8Array, at: number): readonly [value: number, next: number] {
  let value = 0
  let scale = 1
  for (let i = at; i < at + 10; i++) {
    const byte = bytes[i]
    if (byte === undefined) break
    value += (byte & 127) * scale
    if (byte < 128) return [value, i + 1]
    scale *= 128
  }
  throw new RangeError(`no number at byte ${at}`)
}

/** Where the content begins and ends that follows a tag of this wire type. */
export function extent(bytes: Uint8Array, at: number, wire: number): readonly [body: number, end: number] {
  if (wire === 0) return [at, varint(bytes, at)[1]]
  if (wire === 1) return [at, at + 8]
  if (wire === 5) return [at, at + 4]
  if (wire === groupStart) return [at, groupExtent(bytes, at)]
  if (wire !== 2) throw new RangeError(`wire type ${wire} at byte ${at}`)
  const [length, body] = varint(bytes, at)
  return [body, body + length]
}

/** The end of an open group; counted rather than recursive, for groups may nest as deep as the file is long. */
function groupExtent(bytes: Uint8Array, start: number): number {
  let depth = 1
  let at = start
  while (depth > 0) {
    const [tag, next] = varint(bytes, at)
    const wire = tag % 8
    if (wire === groupStart) depth++
    else if (wire === groupEnd) depth--
    at = wire === groupStart || wire === groupEnd ? next : extent(bytes, next, wire)[1]
  }
  return at
}

/**
 * The fields of a message, in the order of its bytes.
 * @throws RangeError for bytes that are no message; decode them first to refuse those with a better text
 */
export function wireFields(message: Uint8Array): WireField[] {
  const fields: WireField[] = []
  for (let start = 0; start < message.length; ) {
    const [tag, next] = varint(message, start)
    const [body, end] = extent(message, next, tag % 8)
    if (end > message.length) throw new RangeError(`field at byte ${start} leads past the end`)
    fields.push({ number: Math.floor(tag / 8), start, body, end })
    start = end
  }
  return fields
}

/** The payloads of all occurrences of a field, as views. */
export const payloads = (message: Uint8Array, number: number): Uint8Array[] =>
  wireFields(message)
    .filter((f) => f.number === number)
    .map((f) => message.subarray(f.body, f.end))

/** A change of the repeated field `number`: `count` occurrences from the `at`-th on give way to `put`. */
export interface Edit {
  readonly number: number
  readonly at: number
  readonly count: number
  /** Payloads, each whole or in pieces. */
  readonly put: readonly (Uint8Array | Chunks)[]
}

/** Bytes in pieces: views of the original between what was put in. */
export type Chunks = readonly Uint8Array[]

export const sizeOfChunks = (chunks: Chunks): number => chunks.reduce((n, c) => n + c.length, 0)

/** The pieces as one array. */
export function joined(chunks: Chunks): Uint8Array {
  const whole = new Uint8Array(sizeOfChunks(chunks))
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

/** The bytes of a tag or length. */
export function encodeVarint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return [...bytes, rest]
}

/** A length-delimited field: its tag and length, then its payload. */
export const delimited = (number: number, payload: Chunks): Chunks => [
  Uint8Array.from([...encodeVarint(number * 8 + 2), ...encodeVarint(sizeOfChunks(payload))]),
  ...payload,
]

/**
 * The message with edits of its length-delimited fields applied; every other byte stays, in its order. What is put
 * after the last occurrence, or where there is none, follows the last field of the same or a smaller number, so that a
 * message in field order stays so. Several edits of one field must not overlap.
 */
export function splice(message: Uint8Array, edits: readonly Edit[]): Chunks {
  const fields = wireFields(message)
  const places = edits.filter((e) => e.count > 0 || e.put.length > 0).map((e) => placed(fields, e))
  const chunks: Uint8Array[] = []
  let copied = 0
  // A stable sort keeps the order in which things were asked for at one place; smaller fields go first.
  for (const { at, cut, edit } of places.sort((a, b) => a.at - b.at || a.edit.number - b.edit.number)) {
    chunks.push(message.subarray(copied, at))
    for (const payload of edit.put) chunks.push(...delimited(edit.number, piecesOf(payload)))
    copied = Math.max(copied, at)
    for (const field of cut) {
      chunks.push(message.subarray(copied, field.start))
      copied = field.end
    }
  }
  return [...chunks, message.subarray(copied)].filter((c) => c.length > 0)
}

const piecesOf = (payload: Uint8Array | Chunks): Chunks => (payload instanceof Uint8Array ? [payload] : payload)

function placed(fields: readonly WireField[], edit: Edit) {
  const same = fields.filter((f) => f.number === edit.number)
  const cut = same.slice(edit.at, edit.at + edit.count)
  if (edit.at > same.length || cut.length < edit.count)
    throw new RangeError(`no occurrence ${edit.at} to ${edit.at + edit.count} of field ${edit.number}`)
  const here = same[edit.at]
  if (here) return { at: here.start, cut, edit }
  const before = same.at(-1) ?? fields.filter((f) => f.number < edit.number).at(-1)
  return { at: before?.end ?? 0, cut, edit }
}
