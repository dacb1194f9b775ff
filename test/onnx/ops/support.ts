import { expect } from 'vitest'
import { type DType, sizeOf, type Tensor } from '../../../src/io/tensor.js'
import { tensorOf } from '../../../src/onnx/graph/constants.js'
import { Graph } from '../../../src/onnx/graph/graph.js'
import type { Shape } from '../../../src/onnx/graph/model.js'
import type { Value } from '../../../src/onnx/graph/value.js'
import { evaluate } from '../../../src/runtime/evaluate.js'

/** The oldest and newest opsets, the default, and those where operators change their form: axes, ReduceMax, Split. */
export const opsets = [11, 12, 13, 17, 18, 21, 22, 23, 24, 25] as const

export interface Tolerance {
  readonly rel: number
  readonly abs: number
}

/** Selection, comparison and correctly rounded arithmetic leave nothing to tolerate. */
export const exact: Tolerance = { rel: 0, abs: 0 }
/** Float32 transcendental functions of the CPU provider: two units in the last place. */
export const transcendental: Tolerance = { rel: 2.4e-7, abs: 0 }
/** The float32 Sigmoid is accurate absolutely only: semantics 7. */
export const logistic: Tolerance = { rel: 0, abs: 1.7e-7 }
/** The same functions in float64. */
export const transcendental64: Tolerance = { rel: 1e-15, abs: 1e-16 }

type Values<T extends readonly Tensor[]> = {
  [I in keyof T]: T[I] extends Tensor<infer D> ? Value<D> : never
}

export interface Options {
  readonly tolerance?: Tolerance
  /** First opset that has the operator; 11 unless said. */
  readonly since?: number
  /** Shapes of the inputs where they are not simply those of the feeds. */
  readonly shapes?: readonly Shape[]
}

/** One row of the operator table. */
export interface Row extends Options {
  readonly op: string
  readonly what: string
  readonly feeds: readonly Tensor[]
  readonly build: (graph: Graph) => Value
  readonly want: Tensor
}

const inputName = (i: number): string => `in${i}`

export function row<const T extends readonly Tensor[]>(
  op: string,
  what: string,
  feeds: T,
  build: (...operands: Values<T>) => Value,
  want: Tensor,
  options: Options = {},
): Row {
  const operands = (graph: Graph) =>
    feeds.map((t, i) => graph.input(inputName(i), t.dtype, options.shapes?.[i] ?? t.shape)) as Values<T>
  return { op, what, feeds, build: (graph) => build(...operands(graph)), want, ...options }
}

/** Builds a row, runs it in onnxruntime and compares; returns the node types it emitted. */
export async function runRow({ feeds, build, want, tolerance, shapes }: Row, opset: number): Promise<string[]> {
  const graph = new Graph({ opset })
  const value = build(graph)
  const got = await evaluate(value, Object.fromEntries(feeds.map((t, i) => [inputName(i), t])))
  expect(value.dtype).toBe(got.dtype)
  const sizes = new Map(feeds.flatMap((t, i) => (shapes?.[i] ?? []).map((dim, axis) => [dim, t.shape[axis] ?? -1])))
  expectShape(value.shape, got.shape, sizes)
  expectTensor(got, want, tolerance)
  return graph.root.nodes.map((n) => n.op)
}

/** A declared shape holds for a produced one: numbers and known symbols are equal, a new symbol stands for one size. */
export function expectShape(declared: Shape, got: readonly number[], sizes: Map<string | number, number>): void {
  const sizeIn = (dim: string | number, actual: number): number => {
    if (typeof dim === 'number') return dim
    const factors = dim.split('*')
    if (factors.length > 1) return factors.reduce((n, f) => n * (sizes.get(f) ?? Number(f)), 1)
    if (!sizes.has(dim)) sizes.set(dim, actual)
    return sizes.get(dim) as number
  }
  expect(declared.map((dim, axis) => sizeIn(dim, got[axis] as number))).toEqual(got)
}

const numbersOf = (t: Tensor): number[] => Array.from(t.data as Float32Array, Number)

/** NaN and infinities by identity, zeros by sign where nothing is tolerated, everything else within the tolerance. */
export function expectTensor(got: Tensor, want: Tensor, { rel, abs }: Tolerance = exact): void {
  expect(got.dtype).toBe(want.dtype)
  expect(got.shape).toEqual(want.shape)
  const [actual, expected] = [numbersOf(got), numbersOf(want)]
  if (rel === 0 && abs === 0) expect(actual).toEqual(expected)
  const off = expected.findIndex((x, i) => !near(actual[i] as number, x, rel, abs))
  if (off >= 0) expect.fail(`element ${off}: expected ${expected[off]}, got ${actual[off]}`)
}

const near = (x: number, y: number, rel: number, abs: number): boolean =>
  Object.is(x, y) || Math.abs(x - y) <= abs + rel * Math.abs(y)

export const float32 = (shape: readonly number[], values: readonly number[]) => tensorOf('float32', shape, values)
export const float64 = (shape: readonly number[], values: readonly number[]) => tensorOf('float64', shape, values)
export const int32 = (shape: readonly number[], values: readonly number[]) => tensorOf('int32', shape, values)
export const int64 = (shape: readonly number[], values: readonly number[]) => tensorOf('int64', shape, values)
export const bool = (shape: readonly number[], values: readonly number[]) => tensorOf('bool', shape, values)

/** `0, 1, 2, …` in a shape. */
export const counting = (shape: readonly number[]): Tensor<'float32'> =>
  float32(shape, [...Array(sizeOf(shape)).keys()])

/** All indices of a shape, in row-major order. */
export function indices(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, size) => all.flatMap((at) => [...Array(size).keys()].map((i) => [...at, i])),
    [[]],
  )
}

/** An element; axes of size 1, and those in front that are missing, are broadcast. */
export function at(t: Tensor, index: readonly number[]): number {
  const own = index.slice(index.length - t.shape.length)
  const place = t.shape.reduce((p, size, axis) => p * size + (size === 1 ? 0 : (own[axis] as number)), 0)
  return Number(t.data[place])
}

/** A tensor written element by element. */
export const fill = <D extends DType>(dtype: D, shape: readonly number[], f: (index: number[]) => number): Tensor<D> =>
  tensorOf(dtype, shape, indices(shape).map(f))

/** `f` of two tensors, broadcast. */
export function zip<D extends DType>(dtype: D, a: Tensor, b: Tensor, f: (x: number, y: number) => number): Tensor<D> {
  const rank = Math.max(a.shape.length, b.shape.length)
  const padded = (t: Tensor) => [...Array<number>(rank - t.shape.length).fill(1), ...t.shape]
  const [p, q] = [padded(a), padded(b)]
  const shape = p.map((size, axis) => (size === 1 ? (q[axis] as number) : size))
  return fill(dtype, shape, (index) => f(at(a, index), at(b, index)))
}

/** `f` of every element. */
export const each = <D extends DType>(dtype: D, x: Tensor, f: (x: number) => number): Tensor<D> =>
  fill(dtype, x.shape, (index) => f(at(x, index)))
