import type { Real } from '../../io/index.js'
import { type Dim, product, tensorOf, type Value } from '../../onnx/index.js'
import { add, reduceSum, sub } from '../../onnx/math.js'
import { concat, concatAll, inChunks, slice } from '../../onnx/parts.js'
import { filled } from '../../onnx/select.js'
import { reshape, shapeOf } from '../../onnx/shape.js'
import { sum } from '../formulas/sum.js'

/**
 * Most numbers that one float32 sum adds up. Equal ones err all in one direction, n of them by up to n/2 roundings when
 * they are added one after another, so that 10⁴ can miss 2e-6 a hundredfold.
 */
export const longest = 10

/**
 * Most numbers that sums over neighbouring axes may add up between them. A tool that makes one sum of sums in a row, as
 * onnxsim does, then still makes none that is much longer than `longest`: a change of sign parts them.
 */
const unparted = 64

/** Whether a sum is one of many numbers, or many lie side by side. */
export type Cut = 'wide' | 'narrow'

/** Stages of sums of unknown length before they are filled with zeros once more: 8⁴ of these are too many for each line. */
const firstStages = { wide: [8, 8, 8, 8], narrow: [8, 8, 8] } as const
/** And after that. The last adds up what is left as well, which up to 8⁷ or 8⁶ numbers is nothing. */
const secondStages = [8, 8, 8] as const

/**
 * Sum over the last axis of values that lie one after another along it, the other sizes equal: in stages of at most
 * `longest` numbers each. Float64 has digits to spare, and is added up as it is.
 */
export function stagedSum<D extends Real>(parts: readonly Value<D>[], cut: Cut): Value<D> {
  const [{ dtype, shape }] = parts as readonly [Value<D>]
  if (dtype === 'float64') return parts.map((v) => reduceSum(v, { axes: [-1] })).reduce((a, b) => add(a, b))
  const sizes = parts.map((v) => v.shape.at(-1) as Dim)
  if (sizes.every((size) => typeof size === 'number')) return knownSum(parts, sum(sizes), cut)
  const axis = shape.length - 1
  const first = inChunks(parts, firstStages[cut])
  const begun = parted(first.values, firstStages[cut], [axis])
  const second = inChunks([begun.sums], secondStages, first.count)
  const done = parted(second.values, secondStages, [axis], [axis, axis + 1])
  return begun.isNegative === done.isNegative ? done.sums : negative(done.sums)
}

/** Sums over an axis of each length, one after another, `last` the axes of the last, and whether they have the other sign. */
function parted<D extends Real>(v: Value<D>, lengths: readonly number[], axes: readonly number[], last = axes) {
  let [sums, isNegative, row] = [v, false, 1]
  for (const [i, length] of lengths.entries()) {
    if (row * length > unparted) [sums, isNegative, row] = [negative(sums), !isNegative, 1]
    ;[sums, row] = [reduceSum(sums, { axes: i === lengths.length - 1 ? last : axes }), row * length]
  }
  return { sums, isNegative }
}

/** Not Neg, which makes −0 of an empty sum. */
const negative = <D extends Real>(v: Value<D>): Value<D> => sub(v.graph.scalar(0, v.dtype) as Value<D>, v)

/** The same of so many numbers, with as few zeros as that takes: the CPU provider likes long inner axes, else the last. */
function knownSum<D extends Real>(parts: readonly Value<D>[], n: number, cut: Cut): Value<D> {
  const [first] = parts as readonly [Value<D>]
  const lead = first.shape.slice(0, -1)
  const stages = stagesOf(n, longest)
  const missing = (product(stages) as number) - n
  const all = missing > 0 ? [...parts, zerosOf(first, lead, missing)] : parts
  const whole = all.length === 1 ? first : concatAll(all, -1)
  const cells = stages.length > 1 ? reshape(whole, [...lead, ...stages]) : whole
  const { sums, isNegative } =
    cut === 'wide' ? parted(cells, stages, [lead.length]) : parted(cells, stages.toReversed(), [-1])
  return isNegative ? negative(sums) : sums
}

function zerosOf<D extends Real>(like: Value<D>, lead: readonly Dim[], count: number): Value<D> {
  const { graph, dtype } = like
  if (lead.every((d) => typeof d === 'number')) {
    const shape = [...lead, count]
    return graph.constant(tensorOf(dtype, shape, Array<number>(product(shape) as number).fill(0)), 'zeros')
  }
  return filled(concat([slice(shapeOf(like), ':-1'), graph.ints([count])], 0), [...lead, count], 0, dtype)
}

/** Lengths of as few stages as add up n numbers, the longest last; their product is the least from n on that can be. */
export function stagesOf(n: number, most: number): number[] {
  let count = 1
  while (most ** count < n) count += 1
  for (let size = n; ; size += 1) {
    const found = factors(size, count, most)
    if (found) return found.toSorted((a, b) => a - b)
  }
}

/** So many factors of n, none above `most`. */
function factors(n: number, count: number, most: number): number[] | undefined {
  if (count === 1) return n <= most ? [Math.max(n, 1)] : undefined
  for (let factor = most; factor > 1; factor -= 1) {
    const rest = n % factor === 0 ? factors(n / factor, count - 1, most) : undefined
    if (rest) return [factor, ...rest]
  }
  return undefined
}
