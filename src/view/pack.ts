import { halves, wholes } from './half.js'

/** Kinds of arrays, and how many bytes a number of each takes. */
const kinds = {
  f64: { bytes: 8, of: Float64Array },
  i16: { bytes: 2, of: Int16Array },
  u8: { bytes: 1, of: Uint8Array },
  u32: { bytes: 4, of: Uint32Array },
} as const

type Kind = keyof typeof kinds
type Packed = { readonly $: Kind | 'half'; readonly at: number; readonly length: number; readonly scale?: number }

/** A number that JSON has no word for. */
const words: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity: Number.POSITIVE_INFINITY, '-Infinity': Number.NEGATIVE_INFINITY } // biome-ignore format: one row

const kindOf = (value: unknown): Kind | undefined =>
  (Object.keys(kinds) as Kind[]).find((kind) => value instanceof kinds[kind].of)

/**
 * Objects with typed arrays as text for a page: JSON, with the arrays apart, deflated together, in base64.
 * `Float32Array`s keep eleven bits of each number and the span of the largest; all else is exact.
 */
export async function pack(value: unknown): Promise<string> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  let at = 0
  const put = (array: ArrayBufferView): number => {
    const start = at
    // Typed arrays start at multiples of their size.
    const padded = new Uint8Array(Math.ceil(array.byteLength / 8) * 8)
    padded.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    parts.push(padded)
    at += padded.length
    return start
  }
  const json = JSON.stringify(value, (_, v: unknown) => {
    if (typeof v === 'number' && !Number.isFinite(v)) return { $: String(v) }
    if (v instanceof Float32Array) {
      const { bits, scale } = halves(v)
      return { $: 'half', at: put(bits), length: v.length, scale } satisfies Packed
    }
    const kind = kindOf(v)
    return kind ? ({ $: kind, at: put(v as Float64Array), length: (v as Float64Array).length } satisfies Packed) : v
  })
  const head = new TextEncoder().encode(json)
  const size = new Uint8Array(new Uint32Array([head.length]).buffer)
  return base64(await through(new Blob([size, head, ...parts]), new CompressionStream('deflate-raw')))
}

/** @throws TypeError for text that is not of `pack` */
export async function unpack(text: string): Promise<unknown> {
  const packed = Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
  const bytes = await through(new Blob([packed]), new DecompressionStream('deflate-raw'))
  const length = new DataView(bytes.buffer).getUint32(0, true)
  const body = bytes.slice(4 + length).buffer
  return JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)), (_, v: unknown) => {
    const { $: kind, at = 0, length: n = 0, scale = 1 } = (v ?? {}) as Partial<Packed>
    if (typeof kind !== 'string') return v
    if (kind in words) return words[kind]
    if (kind === 'half') return wholes(new Uint16Array(body, at, n), scale)
    return new kinds[kind].of(body, at, n)
  })
}

const through = async (blob: Blob, by: CompressionStream | DecompressionStream): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await new Response(blob.stream().pipeThrough(by)).arrayBuffer())

/** In pieces: of all bytes at once there would be too many arguments. */
function base64(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 0x6000) text += btoa(String.fromCharCode(...bytes.subarray(i, i + 0x6000)))
  return text
}
