import type { Sparse } from './exchange.js'

/** The first number that differs, and how many do. */
export interface Difference {
  readonly image: number
  readonly what: string
  readonly count: number
}

const entries = ['x', 'y', 'w', 'h', 'objectness']

const number = new Float32Array(1)
const bitsOf = new Int32Array(number.buffer)

function spelled(bits: number): string {
  bitsOf[0] = bits
  const [value] = number
  return `${Object.is(value, -0) ? '-0' : value} (${(bits >>> 0).toString(16).padStart(8, '0')})`
}

/** Image and description of a number by its place in the targets of a scale. */
function placeOf(shape: readonly number[], scale: number, index: number): [image: number, place: string] {
  let rest = index
  const place = shape.toReversed().map((extent) => {
    const at = rest % extent
    rest = Math.floor(rest / extent)
    return at
  })
  const [entry, anchor, column, row, image] = place as [number, number, number, number, number]
  const name = entries[entry] ?? `class ${entry - entries.length}`
  return [image, `scale ${scale}, row ${row}, column ${column}, place ${anchor} of its mask, ${name}`]
}

/** Places whose bits are not those of the original. */
function* differing({ index, bits }: Sparse, words: Int32Array): Generator<[place: number, wanted: number]> {
  let next = 0
  // Most numbers are zeros on either side: one place that is asked for each of them must not lie behind the array.
  let place = index[0] ?? -1
  for (let i = 0; i < words.length; i++) {
    let wanted = 0
    if (i === place) {
      wanted = bits[next++] as number
      place = index[next] ?? -1
    }
    if (words[i] !== wanted) yield [i, wanted]
  }
}

function compareScale(sparse: Sparse, got: Float32Array, scale: number): Difference | undefined {
  const words = new Int32Array(got.buffer, got.byteOffset, got.length)
  const found = [...differing(sparse, words)]
  const [first] = found
  if (!first) return undefined
  const [index, wanted] = first
  const [image, place] = placeOf(sparse.shape, scale, index)
  const what = `${place}: original ${spelled(wanted)}, here ${spelled(words[index] as number)}`
  return { image, what, count: found.length }
}

/** Where targets differ from those of the original, in any bit. */
export function differenceOf(wanted: readonly Sparse[], got: readonly Float32Array[]): Difference | undefined {
  const sizes = wanted.map(({ shape }) => shape.reduce((a, b) => a * b, 1))
  if (sizes.join() !== got.map(({ length }) => length).join())
    return { image: 0, what: `${got.map(({ length }) => length)} numbers instead of ${sizes}`, count: 1 }
  const found = wanted
    .map((sparse, l) => compareScale(sparse, got[l] as Float32Array, l))
    .filter((d) => d !== undefined)
  return found[0] && { ...found[0], count: found.reduce((sum, { count }) => sum + count, 0) }
}
