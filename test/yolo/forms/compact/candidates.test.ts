import { describe, expect, test } from 'vitest'
import { Graph } from '../../../../src/onnx/graph/graph.js'
import { encodeModel } from '../../../../src/onnx/proto/encode.js'
import { evaluateModel } from '../../../../src/runtime/session.js'
import { Random } from '../../../../src/io/random.js'
import { candidates } from '../../../../src/yolo/forms/compact/candidates.js'
import { float32, int64 } from '../../../onnx/ops/support.js'
import { iouLoop, type Plain } from '../../formulas/loops.js'

const { fround } = Math
const { NaN: nan, POSITIVE_INFINITY: inf } = Number

interface Grid {
  readonly w: number
  readonly h: number
}

const small: Grid = { w: 20, h: 13 }
const fine: Grid = { w: 76, h: 52 }

/** For each box the cells, as `row·w + column`, that the graph considers. */
async function run(boxes: readonly Plain[], θ: number, { w, h }: Grid): Promise<number[][]> {
  const graph = new Graph()
  const pair = (name: string) => graph.input(name, 'float32', ['T', 2])
  const own = (name: string) => graph.input(name, 'int64', ['T', 1])
  const given = { b: own('b'), h: own('h'), w: own('w'), start: own('start') }
  const truth = { xy: pair('xy'), wh: pair('wh') }
  const { box, c, grid } = candidates(truth, θ, graph.input('g', 'float32', [2]), given, 'Q')
  const carried = Object.fromEntries(Object.entries(grid).map(([name, value]) => [`grid.${name}`, value]))
  const places = Object.keys(given).map((name, i) => {
    return [
      name,
      int64(
        [boxes.length, 1],
        [...boxes.keys()].map((k) => 10 * k + i),
      ),
    ] as const
  })
  const two = (from: number) =>
    float32(
      [boxes.length, 2],
      boxes.flatMap((one) => one.slice(from, from + 2)),
    )
  const feeds = { xy: two(0), wh: two(2), g: float32([2], [w, h]), ...Object.fromEntries(places) }
  const results = await evaluateModel(encodeModel(graph.build({ box, c, ...carried })), feeds)
  const numbers = (name: string) => Array.from(results.get(name)?.data ?? [], Number)
  const [owner, cell] = [numbers('box'), numbers('c')]
  Object.keys(given).forEach((name, i) => {
    expect(numbers(`grid.${name}`)).toEqual(owner.map((k) => 10 * k + i))
  })
  const cells: number[][] = boxes.map(() => [])
  owner.forEach((k, i) => {
    const [column, row] = [cell[i] as number, cell[owner.length + i] as number]
    expect([column, row].every((at) => at >= 0) && row < h && column < w).toBe(true)
    cells[k]?.push(row * w + column)
  })
  return cells
}

const cellsOf = ({ w, h }: Grid): number[] => [...Array(w * h).keys()]

/** Centre coordinates a prediction of cell `c` of `g` can take: its borders, and the place nearest to the box. */
function centres(c: number, g: number, truth: number): number[] {
  const nearest = Math.min(Math.max(truth * g - c, 0), 1)
  return [...new Set([0, nearest, 1])].map((σ) => fround(fround(fround(σ) + c) / g))
}

/** Sizes at which a prediction that far from a box overlaps it best: its own, stretched over it, or the extremes of θ. */
function sizesAt(distance: number, size: number, θ: number): number[] {
  const stretch = size + 2 * distance
  return [size, stretch, stretch * 0.999, ...(θ > 0 ? [size / θ, (size / θ) * 0.999] : [])]
}

/** Whether some prediction of a cell reaches the threshold with a box. */
function reaches(cell: number, truth: Plain, θ: number, { w, h }: Grid): boolean {
  const [tx, ty, tw, th] = truth
  const across = centres(cell % w, w, tx).flatMap((x) => sizesAt(Math.abs(x - tx), tw, θ).map((pw) => [x, pw] as const))
  const down = centres(Math.floor(cell / w), h, ty).flatMap((y) =>
    sizesAt(Math.abs(y - ty), th, θ).map((ph) => [y, ph] as const),
  )
  return across.some(([x, pw]) => down.some(([y, ph]) => iouLoop([x, y, pw, ph], truth, fround) >= θ))
}

/** Boxes of all sizes: anywhere, on borders of cells, and a little outside the image. */
function someBoxes(random: Random, count: number, { w, h }: Grid): Plain[] {
  return Array.from({ length: count }, (_, i) => {
    const side = () => fround(1.5 * 10 ** (-4 * random.uniform()))
    const place = (g: number) => (i % 3 === 0 ? random.integer(0, g) / g : 1.2 * random.uniform() - 0.1)
    return [fround(place(w)), fround(place(h)), side(), side()]
  })
}

describe('no cell is missed whose prediction can reach the threshold', () => {
  test.each([0, 0.01, 0.3, 0.5, 0.7, 1, 2])('θ = %d', async (θ) => {
    const random = new Random(100 * θ + 3)
    for (const [grid, count] of [
      [small, 40],
      [fine, 5],
    ] as const) {
      const boxes = someBoxes(random, count, grid)
      const found = await run(boxes, θ, grid)
      boxes.forEach((truth, k) => {
        const considered = new Set(found[k])
        const missed = cellsOf(grid).filter((cell) => !considered.has(cell) && reaches(cell, truth, θ, grid))
        expect([truth, missed]).toEqual([truth, []])
      })
    }
  })
})

describe('the cells considered', () => {
  test('are those around a small box only', async () => {
    const box: Plain = [0.525, 0.5, 0.05, 1 / 13]
    expect((await run([box], 0.5, small))[0]?.length).toBe(9)
    expect((await run([box], 1, small))[0]?.length).toBe(1)
  })

  test('come once each', async () => {
    const found = await run(someBoxes(new Random(5), 30, small), 0.3, small)
    for (const cells of found) expect(new Set(cells).size).toBe(cells.length)
  })

  test('are all at θ = 0, where no overlap is enough', async () => {
    const boxes: Plain[] = [
      [0.5, 0.5, 0.1, 0.1],
      [0.9, 0.1, 0, 0],
    ]
    expect(await run(boxes, 0, small)).toEqual([cellsOf(small), cellsOf(small)])
  })

  test.each([0, 0.5, 1, 2])('are all for a box that is not a number, at θ = %d', async (θ) => {
    const boxes: Plain[] = [
      [nan, nan, 0.1, 0.1],
      [0.5, 0.5, nan, nan],
      [nan, nan, nan, nan],
      [inf, -inf, inf, inf],
    ]
    expect(await run(boxes, θ, small)).toEqual(boxes.map(() => cellsOf(small)))
  })

  test('stay in the grid for a box far outside', async () => {
    const found = await run(
      [
        [9, -9, 0.1, 0.1],
        [-9, 9, 0.1, 0.1],
      ],
      0.5,
      small,
    )
    expect(found).toEqual([[19], [240]])
  })

  test('are at least one for a box of no size or a negative one', async () => {
    const boxes: Plain[] = [
      [0.525, 0.5, 0, 0],
      [0.525, 0.5, -0.3, -0.2],
    ]
    for (const θ of [0.01, 0.5, 2]) for (const cells of await run(boxes, θ, small)) expect(cells).toContain(6 * 20 + 10)
  })

  test('are none without boxes', async () => {
    expect(await run([], 0.5, small)).toEqual([])
  })
})
