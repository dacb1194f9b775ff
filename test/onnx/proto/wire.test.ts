import fc from 'fast-check'
import protobuf from 'protobufjs'
import { describe, expect, it } from 'vitest'
import { type Edit, joined, payloads, splice, wireFields } from '../../../src/onnx/proto/wire.js'

/** A message with the given length-delimited fields, by number and text. */
function message(fields: readonly (readonly [number, string])[]): Uint8Array {
  const writer = protobuf.Writer.create()
  for (const [number, text] of fields) writer.uint32(number * 8 + 2).string(text)
  return writer.finish()
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()
const bytes = (s: string) => new Uint8Array(Buffer.from(s))
const edited = (source: Uint8Array, edits: readonly Edit[]) => joined(splice(source, edits))

describe('wire fields', () => {
  it('finds every wire type, groups in groups included', () => {
    const writer = protobuf.Writer.create()
    writer.uint32(8).uint32(300).uint32(17).fixed64(1).uint32(29).fixed32(2)
    writer.uint32(35).uint32(43).uint32(50).string('in').uint32(44).uint32(36).uint32(58).string('last')
    expect(wireFields(writer.finish()).map((f) => f.number)).toEqual([1, 2, 3, 4, 7])
  })

  it.each([
    [[10, 5, 1], /past the end/],
    [[15], /wire type 7/],
    [[8], /no number/],
    [[11, 8, 1], /no number/],
    [[8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1], /no number/],
  ])('refuses bytes that are no message: %j', (raw, why) => {
    expect(() => wireFields(Uint8Array.from(raw))).toThrow(why)
  })

  it('reads 100,000 groups without running out of stack', () => {
    const deep = new Uint8Array(200_000).fill(11, 0, 100_000).fill(12, 100_000)
    expect(wireFields(deep)).toHaveLength(1)
  })
})

describe('splice', () => {
  const source = message([[1, 'a'], [1, 'b'], [5, 'x'], [12, 'p'], [12, 'q']]) // biome-ignore format: a list

  it('puts in, takes out and leaves the rest alone', () => {
    const edits: Edit[] = [
      { number: 1, at: 2, count: 0, put: [bytes('c')] },
      { number: 12, at: 0, count: 0, put: [bytes('first')] },
      { number: 5, at: 0, count: 1, put: [bytes('y'), bytes('z')] },
      { number: 11, at: 0, count: 0, put: [bytes('i')] },
    ]
    const expected = message([[1, 'a'], [1, 'b'], [1, 'c'], [5, 'y'], [5, 'z'], [11, 'i'], [12, 'first'], [12, 'p'], [12, 'q']]) // biome-ignore format: a list
    expect(text(edited(source, edits))).toBe(text(expected))
  })

  it('does nothing without edits', () => {
    expect(edited(source, [])).toEqual(new Uint8Array(source))
  })

  it('refuses an occurrence that is not there', () => {
    expect(() => splice(source, [{ number: 5, at: 1, count: 1, put: [] }])).toThrow(/no occurrence/)
  })

  it('is undone by the opposite edit, for any order of fields', () => {
    const field = fc.tuple(fc.integer({ min: 1, max: 20 }), fc.string({ maxLength: 200 }))
    const edit = fc.tuple(
      fc.integer({ min: 1, max: 20 }),
      fc.nat(3),
      fc.nat(2),
      fc.array(fc.string(), { maxLength: 3 }),
    )
    fc.assert(
      fc.property(fc.array(field), edit, (fields, [number, from, most, put]) => {
        const original = message(fields)
        const has = fields.filter(([n]) => n === number).length
        const at = Math.min(from, has)
        const count = Math.min(most, has - at)
        // What takes every occurrence out leaves no trace of where they stood.
        fc.pre(put.length > 0 || count === 0)
        fc.pre(count < 2 || fields.findIndex(([n]) => n === number) < 0 || contiguous(fields, number))
        const was = payloads(original, number).slice(at, at + count)
        const there = edited(original, [{ number, at, count, put: put.map(bytes) }])
        const back = edited(there, [{ number, at, count: put.length, put: was }])
        expect(text(back)).toBe(text(original))
      }),
    )
  })
})

const contiguous = (fields: readonly (readonly [number, string])[], number: number): boolean => {
  const places = fields.flatMap(([n], i) => (n === number ? [i] : []))
  return (places.at(-1) ?? 0) - (places[0] ?? 0) === places.length - 1
}
