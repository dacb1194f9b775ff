import fc from 'fast-check'

/** A change of bytes; places and lengths are taken modulo what there is. */
export interface Change {
  readonly kind: 'set' | 'flip' | 'insert' | 'remove' | 'repeat' | 'cut' | 'splice' | 'swap number'
  readonly at: number
  readonly length: number
  readonly value: number
}

const kinds = ['set', 'flip', 'insert', 'remove', 'repeat', 'cut', 'splice', 'swap number'] as const

/** Numbers and words that readers stumble over. */
const stumbles = [
  '0', '-1', '1e999', '4294967296', '9223372036854775807', '99999999999999999999', '0.5', 'NaN', 'null', '[]', '{}', '""',
  '[[[[', '{"a":', '\u0000', '\uFEFF', '"__proto__"', '\n', ',', '"', '\\u', '-', '1.', 'é',
] // biome-ignore format: a table

/** Few small changes: many leave nothing of what they change. */
export const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({ kind: fc.constantFrom(...kinds), at: fc.nat(), length: fc.nat(64), value: fc.nat() }),
  { minLength: 1, maxLength: 6 },
)

function swapNumber(bytes: Buffer, at: number, value: number): Buffer {
  const text = bytes.toString('latin1')
  const numbers = [...text.matchAll(/-?\d+(?:\.\d+)?/g)]
  const found = numbers[at % Math.max(numbers.length, 1)]
  const start = found?.index ?? text.length
  const word = stumbles[value % stumbles.length] as string
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(word), bytes.subarray(start + (found?.[0].length ?? 0))])
}

function changed(bytes: Buffer, other: Uint8Array, { kind, at: place, length, value }: Change): Buffer {
  const at = place % Math.max(bytes.length, 1)
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at + length)]
  if (kind === 'cut') return before
  if (kind === 'remove') return Buffer.concat([before, after])
  if (kind === 'insert') return Buffer.concat([before, Buffer.alloc(length, value), bytes.subarray(at)])
  if (kind === 'repeat')
    return Buffer.concat([before, ...Array(1 + (value % 20)).fill(bytes.subarray(at, at + length)), after])
  if (kind === 'splice') return Buffer.concat([before, other.subarray(value % Math.max(other.length, 1))])
  if (kind === 'swap number') return swapNumber(bytes, place, value)
  const copy = Buffer.from(bytes)
  if (copy.length > 0) copy[at] = kind === 'set' ? value & 255 : (copy[at] as number) ^ (1 << (value % 8))
  return copy
}

/** A seed with changes, some of which take from another seed. */
export const mutated = (seed: Uint8Array, other: Uint8Array, made: readonly Change[]): Uint8Array =>
  made.reduce<Buffer>((bytes, change) => changed(bytes, other, change), Buffer.from(seed))
