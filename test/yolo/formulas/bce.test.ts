import { describe, expect, test } from 'vitest'
import type { Real } from '../../../src/io/tensor.js'
import { tensorOf } from '../../../src/onnx/graph/constants.js'
import { Graph } from '../../../src/onnx/graph/graph.js'
import type { Value } from '../../../src/onnx/graph/value.js'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import { evaluateModel, type Optimization } from '../../../src/runtime/session.js'
import { bceOfBackground, bceWithLogits, type Tail, tailOf } from '../../../src/yolo/formulas/bce.js'
import { expectTensor, opsets, type Tolerance } from '../../onnx/ops/support.js'

/** Semantics S18: relative 1e-6 in float32, plus the step between denormals where e^−|t| is one. */
const float32Tolerance: Tolerance = { rel: 1e-6, abs: 2 ** -149 }
/** Float64: a few units in the last place of every operation. */
const float64Tolerance: Tolerance = { rel: 1e-15, abs: 0 }

const labels = [-0.5, 0, 0.3, 1, 1.5]
const logits = [0, 1e-8, -1e-8, 17, -17, 20, -20, 88, -88, 100, -100]
const pairs = labels.flatMap((z) => logits.map((t) => [z, t] as const))

const E = (z: number, t: number): number => Math.max(t, 0) - z * t + Math.log1p(Math.exp(-Math.abs(t)))

/** σ(t) − z, written so that it loses nothing where σ is nearly 0 or 1. */
function slopeOf(z: number, t: number): number {
  const tail = 1 / (1 + Math.exp(Math.abs(t)))
  return t >= 0 ? 1 - z - tail : tail - z
}

interface Run {
  readonly opset?: number
  readonly optimization?: Optimization
}

/** Value and slope of labels and logits, as onnxruntime computes them. */
async function run<D extends Real>(
  dtype: D,
  cases: readonly (readonly [z: number, t: number])[],
  form: Tail,
  { opset = 17, optimization = 'all' }: Run = {},
) {
  const graph = new Graph({ opset })
  const [z, t] = [graph.input('z', dtype, ['N']), graph.input('t', dtype, ['N'])]
  const { value, slope } = bceWithLogits(z, t, form)
  const column = (i: 0 | 1) =>
    tensorOf(
      dtype,
      [cases.length],
      cases.map((pair) => pair[i]),
    )
  return outputsOf(graph, { value, slope }, { z: column(0), t: column(1) }, optimization)
}

async function outputsOf(
  graph: Graph,
  outputs: { value: Value; slope: Value },
  feeds: Parameters<typeof evaluateModel>[1],
  optimization: Optimization = 'all',
) {
  const results = await evaluateModel(encodeModel(graph.build(outputs)), feeds, { optimization })
  const tensor = (name: string) => results.get(name) ?? expect.fail(`no output ${name}`)
  return { value: tensor('value'), slope: tensor('slope') }
}

/** What comes out in exact arithmetic for the labels and logits as their element type stores them. */
function wanted(dtype: Real, cases: typeof pairs, f: (z: number, t: number) => number) {
  const round = dtype === 'float32' ? Math.fround : Number
  return tensorOf(
    dtype,
    [cases.length],
    cases.map(([z, t]) => f(round(z), round(t))),
  )
}

describe.each([
  ['Min', tailOf(false)],
  ['Where', tailOf(true)],
  ['Where and Log', tailOf(true, 'logarithm')],
  ['Where and Softplus', tailOf(true, 'softplus')],
] as const)('in float32 by %s', (_, form) => {
  test.each(opsets)('E agrees with S18 at opset %d', async (opset) => {
    const { value } = await run('float32', pairs, form, { opset })
    expectTensor(value, wanted('float32', pairs, E), float32Tolerance)
  })

  test.each(['disabled', 'basic', 'all'] as const)('E agrees with S18 with optimisation %s', async (optimization) => {
    const { value } = await run('float32', pairs, form, { optimization })
    expectTensor(value, wanted('float32', pairs, E), float32Tolerance)
  })

  test('the slope is σ − z, tails included', async () => {
    const { slope } = await run('float32', pairs, form)
    expectTensor(slope, wanted('float32', pairs, slopeOf), float32Tolerance)
  })

  test('the edge values of section 5 come out', async () => {
    const cases = [
      [0, -20],
      [1, 20],
      [0, 20],
      [1, -100],
      [0.3, 0.7],
      [1.5, 2],
      [-0.5, -2],
    ] as const
    const { value } = await run('float32', cases, form)
    const printed = [2.06115e-9, 2.06115e-9, 20.000000002, 100, 0.893186, -0.873072, -0.873072]
    for (const [i, x] of printed.entries()) expect(Number(value.data[i]) / x).toBeCloseTo(1, 5)
  })

  test('the tail beyond a logit of 17 does not vanish', async () => {
    const { value } = await run(
      'float32',
      [
        [0, -20],
        [0, -18],
        [0, -17.5],
        [1, 30],
      ],
      form,
    )
    expect(Array.from(value.data, Number).every((x) => x > 0)).toBe(true)
  })

  test('a label at its own confident logit costs less than at a hesitant one', async () => {
    const { value } = await run(
      'float32',
      [
        [1, 17],
        [1, 18],
        [1, 25],
        [1, 60],
      ],
      form,
    )
    const costs = Array.from(value.data, Number)
    expect(costs.toSorted((a, b) => b - a)).toEqual(costs)
    expect(new Set(costs).size).toBe(4)
  })

  test('infinite logits cost nothing or everything, and a NaN stays one', async () => {
    const { POSITIVE_INFINITY: inf, NaN: nan } = Number
    const { value } = await run(
      'float32',
      [
        [0, inf],
        [1, -inf],
        [0, nan],
        [nan, 1],
      ],
      form,
    )
    expect(Array.from(value.data, Number)).toEqual([inf, inf, nan, nan])
  })

  test('background is E of label 0, slope included', async () => {
    const graph = new Graph()
    const t = graph.input('t', 'float32', ['N'])
    const zeros = logits.map((x) => [0, x] as const)
    const got = await outputsOf(graph, bceOfBackground(t, form), { t: tensorOf('float32', [logits.length], logits) })
    expectTensor(got.value, wanted('float32', zeros, E), float32Tolerance)
    expectTensor(got.slope, wanted('float32', zeros, slopeOf), float32Tolerance)
  })
})

test('in float64 it agrees with S18 to a few units in the last place', async () => {
  const { value, slope } = await run('float64', pairs, tailOf(false))
  expectTensor(value, wanted('float64', pairs, E), float64Tolerance)
  expectTensor(slope, wanted('float64', pairs, slopeOf), float64Tolerance)
})

test('−|t| by Min and by Where give the same, ln(1 + e) by quotients and by the logarithm nearly', async () => {
  const cases = Array.from({ length: 8001 }, (_, i) => [0.25, (i - 4000) * 0.0218] as const)
  const [one, two] = [await run('float32', cases, tailOf(false)), await run('float32', cases, tailOf(true))]
  expectTensor(one.value, wanted('float32', cases as never, E), float32Tolerance)
  expectTensor(one.slope, two.slope, { rel: 0, abs: 0 })
  expectTensor(two.value, wanted('float32', cases as never, E), float32Tolerance)
})

test('labels of another shape are refused: a loss never broadcasts', () => {
  const graph = new Graph()
  const [z, t] = [graph.input('z', 'float32', [1]), graph.input('t', 'float32', [3])]
  expect(() => bceWithLogits(z, t, tailOf(false))).toThrow('bce: operands must have one shape')
})
