import { expect } from 'vitest'
import { type Real, sizeOf, type Tensor } from '../../../src/io/tensor.js'
import { tensorOf } from '../../../src/onnx/graph/constants.js'
import { Graph } from '../../../src/onnx/graph/graph.js'
import type { Attribute } from '../../../src/onnx/graph/model.js'
import type { Value } from '../../../src/onnx/graph/value.js'
import { encodeModel } from '../../../src/onnx/index.js'
import { mul, reduceSum } from '../../../src/onnx/math.js'
import type { V } from '../../../src/onnx/reverse/applied.js'
import { gradients } from '../../../src/onnx/reverse/gradients.js'
import { openSession } from '../../../src/runtime/session.js'

/** An operand: the shape of one that is differentiated by, or a constant. */
export type Operand = readonly number[] | Tensor | undefined

/** A use of an operator. */
export interface Use {
  readonly what: string
  readonly op: string
  readonly operands: readonly Operand[]
  readonly attributes?: Readonly<Record<string, Attribute>>
  /** Shapes of the results, and which of them the loss reads. */
  readonly results: readonly (readonly number[])[]
  readonly read?: readonly number[]
  readonly opset?: number
  /** Numbers of the operands; default between −1 and 1 and away from 0. */
  readonly at?: (random: () => number) => number
  /** The element type: that in which the CPU provider has kernels for both directions. */
  readonly dtype?: Real
  /** A result that holds places. */
  readonly places?: number
  /** The operator in others that have float64 kernels, where itself has none. */
  readonly spelled?: (...operands: readonly V[]) => V
}

/** Numbers between 0 and 1 that are the same each time. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const awayFromZero = (random: () => number): number => (random() < 0.5 ? -1 : 1) * (0.1 + 0.9 * random())

const isShape = (x: Operand): x is readonly number[] => Array.isArray(x)

interface Built {
  readonly graph: Graph
  readonly inputs: readonly V[]
  readonly loss: V
}

/** Σ w·y over the results that are read. */
function built({
  op,
  operands,
  attributes,
  results,
  read = [0],
  opset = 18,
  dtype = 'float64',
  places,
  spelled,
}: Use): Built {
  const graph = new Graph({ opset })
  const random = randomFrom(7)
  const values = operands.map((x, i) =>
    x === undefined ? undefined : isShape(x) ? graph.input(`x${i}`, dtype, x) : graph.constant(x, 'given'),
  )
  const none = { name: '', graph, block: graph.root } as unknown as Value
  const outs = spelled
    ? [spelled(...(values as readonly V[]))]
    : (graph.emitMany(
        op,
        values.map((v) => v ?? none),
        results.map((shape, i) => [i === places ? 'int64' : dtype, shape] as const),
        attributes,
      ) as readonly V[])
  const parts = read.map((i) => {
    const shape = results[i] as readonly number[]
    const w = tensorOf(
      dtype,
      shape,
      Array.from({ length: sizeOf(shape) }, () => awayFromZero(random)),
    )
    return reduceSum(mul(outs[i] as V, graph.constant(w as never, 'weights')))
  })
  const loss = parts.reduce((a, b) => graph.emit('Add', [a, b], [dtype, []]) as V)
  return { graph, inputs: values.filter((v, i) => v && isShape(operands[i])) as V[], loss }
}

/** Numbers for the operands, which float32 holds too. */
function feedsOf(inputs: readonly V[], { dtype = 'float64', at = awayFromZero }: Use): Record<string, Tensor<Real>> {
  const random = randomFrom(11)
  const number = () => Math.fround(at(random))
  return Object.fromEntries(
    inputs.map(({ name, shape }) => {
      const sizes = shape as readonly number[]
      return [name, tensorOf(dtype, sizes, Array.from({ length: sizeOf(sizes) }, number))]
    }),
  )
}

/** (f(x + h) − f(x − h)) / 2h of the loss by each number of an operand. */
async function differences(use: Use, name: string): Promise<number[]> {
  const { graph, inputs, loss } = built(use)
  const feeds = feedsOf(inputs, use)
  const given = feeds[name] as Tensor<Real>
  const step = given.dtype === 'float64' ? 2 ** -17 : 1
  const session = await openSession(encodeModel(graph.build({ total: loss })))
  const moved = async (i: number, by: number) => {
    const data = given.data.slice() as Float64Array
    data[i] = (data[i] as number) + by
    return Number((await session.run({ ...feeds, [name]: { ...given, data } as Tensor })).get('total')?.data[0])
  }
  const slopes: number[] = []
  for (let i = 0; i < given.data.length; i++)
    slopes.push(((await moved(i, step)) - (await moved(i, -step))) / (2 * step))
  await session.release()
  return slopes
}

/**
 * Holds the derived gradient to central differences of the loss in float64. In float32, where the CPU provider has no
 * float64 kernel, the operator is linear in each operand, of which a difference as wide as the operand itself is exact; or
 * it is spelled out in others.
 */
export async function expectGradient(use: Use): Promise<void> {
  const { spelled, ...own } = use
  const { graph, inputs, loss } = built(own)
  const outputs = Object.fromEntries(gradients(loss, inputs).map((g, i) => [`d_${inputs[i]?.name}`, g]))
  const session = await openSession(encodeModel(graph.build(outputs)))
  const derived = await session.run(feedsOf(inputs, own))
  await session.release()
  const rtol = use.dtype === 'float32' ? 1e-5 : 1e-7
  for (const { name } of inputs) {
    const wanted = await differences(spelled ? { ...use, dtype: 'float64' } : use, name)
    const got = derived.get(`d_${name}`)?.data as Float64Array
    expect(distance(got, wanted), `${use.op} ${use.what}: by ${name}\n${got}\n${wanted}`).toBeLessThan(rtol)
  }
}

/** ‖a − b‖ / ‖b‖ */
function distance(a: ArrayLike<number>, b: readonly number[]): number {
  expect(a.length).toBe(b.length)
  const norm = (v: readonly number[]) => Math.sqrt(v.reduce((s, x) => s + x * x, 0))
  return norm(b.map((x, i) => (a[i] as number) - x)) / (norm(b) || 1)
}
