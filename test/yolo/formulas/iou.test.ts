import { describe, expect, test } from 'vitest'
import { Random } from '../../../src/io/random.js'
import { tensorOf } from '../../../src/onnx/graph/constants.js'
import { Graph } from '../../../src/onnx/graph/graph.js'
import type { Shape } from '../../../src/onnx/graph/model.js'
import type { Value } from '../../../src/onnx/graph/value.js'
import { less } from '../../../src/onnx/ops/logic.js'
import { cast, squeeze, unsqueeze } from '../../../src/onnx/ops/movement.js'
import { reduceProd } from '../../../src/onnx/ops/reduce.js'
import { evaluate } from '../../../src/runtime/evaluate.js'
import {
  type Areas,
  type Box,
  doubledEdges,
  iou,
  overlapAndBar,
  sharedArea,
  unionRatio,
} from '../../../src/yolo/formulas/iou.js'
import { float32 } from '../../onnx/ops/support.js'
import { iouLoop, type Plain } from './loops.js'

const { fround } = Math
const { NaN: nan, POSITIVE_INFINITY: inf } = Number

/** Whether the overlap of every pair is below θ, without a division: `[T][P]`. */
const withoutDivision = (θ: number) => (p: Box<'float32'>, t: Box<'float32'>) => {
  const { overlap, bar } = overlapAndBar(areasByEdges(p, t), θ)
  return cast(less(overlap, bar), 'float32')
}

/** The areas as the static form has them, from doubled edges; the centres of `p` and `t` are in cells of a grid of 1. */
function areasByEdges(p: Box<'float32'>, t: Box<'float32'>): Areas<'float32'> {
  const halfGrid = p.xy.graph.constant(tensorOf('float32', [2, 2, 1, 1], [0.5, -0.5, 0.5, -0.5]))
  const area = (wh: Value<'float32'>) => reduceProd(wh, { axes: [0], keep: true })
  const edges = ({ xy, wh }: Box<'float32'>) => doubledEdges(unsqueeze(xy, [1]), halfGrid, unsqueeze(wh, [1]))
  return { inter: squeeze(sharedArea(edges(p), edges(t)), [1]), p: area(p.wh), t: area(t.wh) }
}

const iouByEdges = (p: Box<'float32'>, t: Box<'float32'>) => unionRatio(areasByEdges(p, t))

/** Every box of `p` against every box of `t`, as onnxruntime computes it: `[T][P]`. */
async function run(p: readonly Plain[], t: readonly Plain[], compare = iou<'float32'>): Promise<number[][]> {
  const graph = new Graph()
  const feeds: Record<string, ReturnType<typeof float32>> = {}
  const box = (name: string, boxes: readonly Plain[], shape: number[]): Box<'float32'> => {
    const planes = (of: string, [x, y]: readonly [number, number]) => {
      feeds[name + of] = float32(
        shape,
        [x, y].flatMap((axis) => boxes.map((b) => b[axis] as number)),
      )
      return graph.input(name + of, 'float32', shape as Shape)
    }
    return { xy: planes('xy', [0, 1]), wh: planes('wh', [2, 3]) }
  }
  const value = compare(box('p', p, [2, 1, p.length]), box('t', t, [2, t.length, 1]))
  expect(value.shape).toEqual([1, t.length, p.length])
  const { data } = await evaluate(value, feeds)
  return t.map((_, k) => [...data.subarray(k * p.length, (k + 1) * p.length)])
}

const one = async (p: Plain, t: Plain): Promise<number> => (await run([p], [t]))[0]?.[0] as number

/** Float32 rounds the sides of a box of a thousandth of the image to 1e-4 of themselves. */
const roundingOfSmallBoxes = 1e-4

const random = new Random(11)
const somewhere = (): Plain => [random.uniform(), random.uniform(), random.uniform() ** 2, random.uniform() ** 2]

describe('random boxes', () => {
  const p = Array.from({ length: 300 }, somewhere)
  const t = Array.from({ length: 20 }, somewhere)

  test('agree bit for bit with a loop that rounds to float32', async () => {
    expect(await run(p, t)).toEqual(t.map((truth) => p.map((box) => iouLoop(box, truth, fround))))
  })

  test('agree bit for bit from doubled edges too', async () => {
    expect(await run(p, t, iouByEdges)).toEqual(await run(p, t))
  })

  test('agree with a loop in float64 to rounding', async () => {
    const got = (await run(p, t)).flat()
    const want = t.flatMap((truth) => p.map((box) => iouLoop(box, truth, Number)))
    const worst = Math.max(...got.map((x, i) => Math.abs(x - (want[i] as number))))
    expect(worst).toBeLessThan(roundingOfSmallBoxes)
    expect(want.filter((x) => x > 0.1).length).toBeGreaterThan(200)
  })
})

describe('two boxes', () => {
  const box: Plain = [0.5, 0.5, 0.25, 0.5]

  test.each<[what: string, p: Plain, t: Plain, value: number]>([
    ['that are one', box, box, 1],
    ['of which one is half the other', [0.5, 0.5, 0.25, 0.25], box, 0.5],
    ['side by side', [0.75, 0.5, 0.25, 0.5], box, 0],
    ['far apart in both directions', [5, 5, 0.25, 0.5], box, 0],
    ['that cross', [0.5, 0.5, 0.5, 0.25], box, 1 / 3],
    ['half beside the image', [0, 0.5, 0.5, 0.5], [0, 0.5, 0.25, 0.5], 0.5],
    ['of which one has no area', [0.5, 0.5, 0, 0.5], box, 0],
    ['of which one is infinite', [0.5, 0.5, inf, inf], box, 0],
    ['of which one overflows in area', [0.5, 0.5, 1e20, 1e20], box, 0],
    ['of no area, at one place', [0.5, 0.5, 0, 0.5], [0.5, 0.5, 0, 0.25], nan],
    ['of no area, apart', [0.1, 0.1, 0, 0], [0.5, 0.5, 0, 0], nan],
    ['that are both infinite', [0.5, 0.5, inf, inf], [0.5, 0.5, inf, inf], nan],
    ['of which one is infinite one way and nothing the other', [0.5, 0.5, inf, 0], box, nan],
    ['of which one is nowhere', [nan, 0.5, 0.25, 0.5], box, nan],
  ])('%s', async (_, p, t, value) => {
    const got = await one(p, t)
    expect(Object.is(got, fround(value))).toBe(true)
    expect(await one(t, p)).toBe(got)
    expect((await run([p], [t], iouByEdges))[0]?.[0]).toBe(got)
  })
})

describe('without a division', () => {
  const p = Array.from({ length: 400 }, somewhere)
  const t = Array.from({ length: 30 }, somewhere)

  test.each([0.01, 0.3, 0.5, 0.7, 1])('says whether the IoU is below %d, but within rounding of it', async (θ) => {
    const [below, ious] = [await run(p, t, withoutDivision(θ)), await run(p, t)]
    const pairs = below.flatMap((row, k) => row.map((is, i) => ({ is, iou: ious[k]?.[i] as number })))
    for (const pair of pairs) if (Math.abs(pair.iou - θ) > 1e-4) expect(pair.is).toBe(pair.iou < θ ? 1 : 0)
    expect(pairs.filter(({ is }) => is === 1).length).toBeGreaterThan(100)
    if (θ <= 0.5) expect(pairs.filter(({ is }) => is === 0).length).toBeGreaterThan(10)
  })

  test('an IoU of exactly θ is not below it, nor are two boxes of no area', async () => {
    const half = await run([[0.5, 0.5, 0.5, 0.25]], [[0.5, 0.5, 0.25, 0.25]], withoutDivision(0.5))
    const points = await run([[0.5, 0.5, 0, 0]], [[0.5, 0.5, 0, 0]], withoutDivision(0.5))
    expect([half, points]).toEqual([[[0]], [[0]]])
  })
})
