import { describe, expect, it } from 'vitest'
import { Random } from '../../../src/io/random.js'
import { Graph } from '../../../src/onnx/graph/graph.js'
import { evaluate } from '../../../src/runtime/evaluate.js'
import { cellsOf } from '../../../src/yolo/assignment/cells.js'

/** Cells of fractions, along one axis, by the graph. */
async function cells(fractions: Float32Array, g: number): Promise<number[]> {
  const graph = new Graph()
  const xy = graph.input('xy', 'float32', [fractions.length, 1])
  const tensor = { dtype: 'float32' as const, shape: [fractions.length, 1], data: fractions }
  return [...(await evaluate(cellsOf(xy, graph.ints([g])), { xy: tensor })).data].map(Number)
}

/** ⌊x·g⌋, exactly: a float32 number times twelve bits has no more than float64. */
const exact = (fractions: Float32Array, g: number): number[] => [...fractions].map((x) => Math.floor(x * g))

/** The float32 numbers next to those below 1. */
const beside = (x: number): number[] =>
  [-2, -1, 0, 1, 2].map((k) => Math.fround(x + k * 2 ** (Math.floor(Math.log2(x)) - 23))).filter((y) => y < 1)

describe('the cell of a centre, found in float32, is that of the product in float64', () => {
  it.each([1, 2, 7, 13, 26, 52, 76, 152, 1000, 2048, 4095, 4096])('on a grid of %d', async (g) => {
    const borders = Array.from({ length: g }, (_, k) => beside(Math.max(k, 2 ** -30) / g)).flat()
    const random = new Random(g)
    const any = Array.from({ length: 10_000 }, () =>
      Math.fround(random.uniform() * 2 ** -Math.floor(random.uniform() * 30)),
    )
    const fractions = Float32Array.from([0, 2 ** -149, 1 - 2 ** -24, ...borders, ...any].filter((x) => x < 1))
    expect(await cells(fractions, g)).toEqual(exact(fractions, g))
  })

  it('where the float32 product is the next whole number', async () => {
    const x = Math.fround(120 / 416)
    expect(Math.fround(x * 52)).toBe(15)
    expect(await cells(Float32Array.of(x), 52)).toEqual([14])
  })
})
