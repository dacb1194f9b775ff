import * as ops from '../../../../src/onnx/ops/elementwise.js'
import {
  each,
  exact,
  float32,
  float64,
  int32,
  int64,
  logistic,
  row,
  transcendental,
  transcendental64,
  zip,
} from '../support.js'

const { NaN: nan, POSITIVE_INFINITY: inf } = Number

const arithmetic = {
  add: [ops.add, (x: number, y: number) => x + y],
  sub: [ops.sub, (x: number, y: number) => x - y],
  mul: [ops.mul, (x: number, y: number) => x * y],
  div: [ops.div, (x: number, y: number) => x / y],
  max: [ops.max, (x: number, y: number) => Math.max(x, y)],
  min: [ops.min, (x: number, y: number) => Math.min(x, y)],
} as const

const column = [0.1, -7, 3e38]
const line = [0.7, -2, 1e-30, 5]

const binary = Object.entries(arithmetic).flatMap(([op, [build, f]]) => {
  const [a, b] = [float32([3, 1], column), float32([4], line)]
  const [c, d] = [float64([3, 1], column), float64([1, 4], line)]
  const [i, j] = [int64([2, 2], [7, -7, 2 ** 40, 0]), int64([2], [2, -2])]
  const [k, m] = [int32([4], [7, -7, 9, 0]), int32([], [-2])]
  const whole = (x: number, y: number) => Math.trunc(f(x, y))
  return [
    row(op, 'broadcasts float32', [a, b], build, zip('float32', a, b, f)),
    row(op, 'broadcasts float64', [c, d], build, zip('float64', c, d, f)),
    row(op, 'stretches a symbol', [a, float32([1], [3])], build, zip('float32', a, float32([1], [3]), f), {
      shapes: [['T', 1], [1]],
    }),
    row(op, 'takes int64', [i, j], build, zip('int64', i, j, whole)),
    row(op, 'takes int32', [k, m], build, zip('int32', k, m, whole)),
    row(
      op,
      'takes a literal',
      [i],
      (x) => build(x, 3),
      each('int64', i, (x) => whole(x, 3)),
    ),
    row(op, 'takes none', [float32([0, 2], []), float32([2], [1, 2])], build, float32([0, 2], [])),
  ]
})

const rests = (() => {
  const [i, j] = [int64([2, 2], [7, -8, 2 ** 40 + 1, -1]), int64([2], [4, 3])]
  const rest = (x: number, y: number) => ((x % y) + y) % y
  return [
    row('mod', 'broadcasts int64', [i, j], ops.mod, zip('int64', i, j, rest)),
    row(
      'mod',
      'takes a literal',
      [i],
      (x) => ops.mod(x, 5),
      each('int64', i, (x) => rest(x, 5)),
    ),
  ]
})()

const powers = (() => {
  const [a, b] = [float32([3, 1], [0, 0.75, 4]), float32([2], [2, 1.5])]
  const [c, d] = [float64([3, 1], [0, 0.75, 4]), float64([1, 2], [2, 1.5])]
  return [
    row('pow', 'broadcasts float32', [a, b], ops.pow, zip('float32', a, b, Math.pow), { tolerance: transcendental }),
    row('pow', 'broadcasts float64', [c, d], ops.pow, zip('float64', c, d, Math.pow), { tolerance: transcendental64 }),
    row(
      'pow',
      'takes a literal',
      [c],
      (x) => ops.pow(x, 3),
      each('float64', c, (x) => x ** 3),
      { tolerance: transcendental64 },
    ),
  ]
})()

const tails = [0, -0, 1, -1, 0.5, 20, -20, 80, -80, nan]
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))

const functions = {
  neg: { build: ops.neg, f: (x: number) => -x, of: [...tails, inf, -inf], f32: exact, f64: exact },
  abs: { build: ops.abs, f: Math.abs, of: [...tails, inf, -inf], f32: exact, f64: exact },
  floor: {
    build: ops.floor,
    f: Math.floor,
    of: [1.5, -1.5, -0.1, 3, 8388607.5, inf, -inf, nan],
    f32: exact,
    f64: exact,
  },
  sqrt: { build: ops.sqrt, f: Math.sqrt, of: [0, 1, 2, 1e-30, 3e38, inf, nan, -1], f32: exact, f64: exact },
  exp: { build: ops.exp, f: Math.exp, of: [...tails, inf, -inf], f32: transcendental, f64: transcendental64 },
  log: {
    build: ops.log,
    f: Math.log,
    of: [1, 2, 1e-30, 3e38, 0.999999, inf, nan, -1],
    f32: transcendental,
    f64: transcendental64,
  },
  sigmoid: {
    build: ops.sigmoid,
    f: (x: number) => 1 / (1 + Math.exp(-x)),
    of: tails,
    f32: logistic,
    f64: transcendental64,
  },
}

const unary = Object.entries(functions).flatMap(([op, { build, f, of, f32, f64 }]) => {
  const [x, y] = [float32([of.length], of), float64([1, of.length], of)]
  return [
    row(op, 'of float32', [x], build, each('float32', x, f), { tolerance: f32, shapes: [['N']] }),
    row(op, 'of float64', [y], build, each('float64', y, f), { tolerance: f64 }),
  ]
})

const x = float32([tails.length], tails)
const signs = [3, -3, 0]

export const elementwiseRows = [
  ...binary,
  ...unary,
  ...rests,
  ...powers,
  row(
    'relu',
    'keeps infinities',
    [x],
    ops.relu,
    each('float32', x, (v) => (v < 0 ? 0 : v)),
  ),
  row('softplus', 'keeps its tail', [x], ops.softplus, each('float32', x, softplus), { tolerance: transcendental }),
  row('neg', 'of int64', [int64([3], signs)], ops.neg, int64([3], [-3, 3, 0])),
  row('neg', 'of int32', [int32([3], signs)], ops.neg, int32([3], [-3, 3, 0])),
  row('abs', 'of int64', [int64([3], signs)], ops.abs, int64([3], [3, 3, 0])),
  row('abs', 'of int32', [int32([3], signs)], ops.abs, int32([3], [3, 3, 0])),
]
