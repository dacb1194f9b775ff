import { describe, expect, test } from 'vitest'
import { Random } from '../../../src/io/random.js'
import type { Tensor } from '../../../src/io/tensor.js'
import { Graph } from '../../../src/onnx/graph/graph.js'
import type { Value } from '../../../src/onnx/graph/value.js'
import { evaluate } from '../../../src/runtime/evaluate.js'
import {
  boxScale,
  centreTarget,
  decodeCentre,
  decodeSize,
  sizeRatio,
  sizeTarget,
} from '../../../src/yolo/formulas/box.js'
import { float32, float64 } from '../../onnx/ops/support.js'

const { fround } = Math
const { NaN: nan, POSITIVE_INFINITY: inf } = Number

/** The float32 Log of the CPU provider, relative: four units in the last place. */
const logTolerance = 4.8e-7

type V = Value<'float32'>
type Formula = (...operands: V[]) => V

/** A formula of vectors of one length, as onnxruntime computes it in float32. */
async function run(formula: Formula, ...vectors: readonly number[][]): Promise<number[]> {
  const graph = new Graph()
  const tensors = vectors.map((v) => float32([v.length], v))
  const operands = tensors.map((t, i) => graph.input(`in${i}`, 'float32', t.shape))
  const feeds = Object.fromEntries(tensors.map((t, i): [string, Tensor] => [`in${i}`, t]))
  const { data } = await evaluate(formula(...operands), feeds)
  return [...data]
}

const centre = centreTarget as Formula
const size: Formula = (y, a, S) => sizeTarget(sizeRatio(y as V, a as V, S as V))

describe('decoding', () => {
  test('gives the box of section 5: row 2, column 7 of a 20×13 grid', async () => {
    const xy = await run(decodeCentre as Formula, [0.5, -1], [7, 2], [20, 13])
    const wh = await run(decodeSize as Formula, [0.25, -0.5], [116, 90], [640, 416])
    for (const [i, x] of [0.381123, 0.174534, 0.23273, 0.131221].entries()) expect([...xy, ...wh][i]).toBeCloseTo(x, 6)
  })

  test('keeps the centre in its cell, borders included', async () => {
    const xy = await run(decodeCentre as Formula, [-100, 100, 0], [3, 3, 3], [8, 8, 8])
    expect(xy).toEqual([3 / 8, 4 / 8, 3.5 / 8])
  })

  test('lets a size overflow to infinity and vanish to 0', async () => {
    expect(await run(decodeSize as Formula, [100, -200], [116, 116], [416, 416])).toEqual([inf, 0])
  })

  test('multiplies a size before it divides', async () => {
    const random = new Random(4)
    const a = Array.from({ length: 1000 }, () => fround(1 + 400 * random.uniform()))
    const zeros = a.map(() => 0)
    const S = a.map(() => 416)
    expect(await run(decodeSize as Formula, zeros, a, S)).toEqual(a.map((x) => fround(x / 416)))
  })
})

describe('the centre label', () => {
  test('is its place in the cell', async () => {
    expect(await run(centre, [0.5, 0.1875], [6, 2], [13, 13])).toEqual([0.5, fround(0.1875 * 13 - 2)])
  })

  test('is exactly 1 at the 18 whole pixels of S6, of which 120 of 416 is the first', async () => {
    const pixels = Array.from({ length: 416 }, (_, px) => px)
    const y = pixels.map((px) => fround(px / 416))
    const cells = y.map((value) => Math.floor(value * 52))
    const z = await run(
      centre,
      y,
      cells,
      y.map(() => 52),
    )
    const ones = pixels.filter((px) => z[px] === 1)
    expect(ones.slice(0, 3)).toEqual([120, 136, 152])
    expect([ones.length, cells[120]]).toEqual([18, 14])
    expect(z.every((value) => value >= 0 && value <= 1)).toBe(true)
  })
})

describe('the size label', () => {
  const samples = 10_000
  const random = new Random(7)
  const S = Array.from({ length: samples }, () => 32 * random.integer(10, 19))
  const a = Array.from({ length: samples }, () => random.integer(10, 400))
  const y = Array.from({ length: samples }, () => fround(random.uniform()))
  const each = (f: (y: number, a: number, S: number) => number) =>
    y.map((value, i) => f(value, a[i] as number, S[i] as number))

  test('divides first, to the last bit (S7)', async () => {
    const got = await run(sizeRatio as Formula, y, a, S)
    expect(got).toEqual(each((value, anchor, input) => fround(fround(value / anchor) * input)))
  })

  test('would differ in a third of the cases if it multiplied first', async () => {
    const got = await run(sizeRatio as Formula, y, a, S)
    const others = each((value, anchor, input) => fround(fround(value * input) / anchor))
    const share = got.filter((x, i) => x !== others[i]).length / samples
    expect(share).toBeGreaterThan(0.3)
  })

  test('is the logarithm of that', async () => {
    const got = await run(size, y, a, S)
    const want = each((value, anchor, input) => Math.log(fround(fround(value / anchor) * input)))
    const worst = Math.max(...got.map((x, i) => Math.abs(x / (want[i] as number) - 1)))
    expect(worst).toBeLessThan(logTolerance)
  })

  test('of no size is −∞, of a negative one or NaN is NaN, of an infinite one ∞ (S9)', async () => {
    const sizes = [0, -0, -0.1, nan, inf, -inf, 1e-45]
    const fill = (x: number) => sizes.map(() => x)
    expect(await run(size, sizes, fill(10), fill(416))).toEqual([-inf, -inf, nan, nan, inf, nan, -inf])
  })

  test('is the same in float64, with no float32 constant in between', async () => {
    const graph = new Graph()
    const input = (name: string) => graph.input(name, 'float64', [2])
    const value = sizeTarget(sizeRatio(input('w'), input('a'), input('S')))
    const feeds = { w: float64([2], [0.1, 0]), a: float64([2], [116, 116]), S: float64([2], [416, 416]) }
    const [z, none] = (await evaluate(value, feeds)).data
    expect(z).toBeCloseTo(Math.log((0.1 / 116) * 416), 14)
    expect(none).toBe(-inf)
  })
})

describe('the scale', () => {
  test('is 2 − w·h, and not clamped (S11)', async () => {
    expect(await run(boxScale as Formula, [1, 2.25, 0, 0.25])).toEqual([1, -0.25, 2, 1.75])
  })

  test('of anchor 116×90 at 416 is 1.939673', async () => {
    const [s] = await run(boxScale as Formula, [(116 * 90) / 416 ** 2])
    expect(s).toBeCloseTo(1.939673, 6)
  })
})
