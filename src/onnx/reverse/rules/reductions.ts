import { intOf, intsOf } from '../../graph/attribute.js'
import { frontOf } from '../../graph/shape.js'
import { equal } from '../../logic.js'
import { div, exp, mul, reduceSum, sub } from '../../math.js'
import { slice } from '../../parts.js'
import { cast, unsqueeze } from '../../shape.js'
import { type Applied, cannot, constantOf, operand, result, type V } from '../applied.js'
import { spread } from '../axes.js'
import { type Part, type Rule, ruled } from '../rule.js'

/** Axes that a node reduces: of its attribute, its operand, or all. */
function axesOf(n: Applied): number[] {
  const rank = operand(n).shape.length
  const given = intsOf(n, 'axes') ?? constantOf(n, 1)
  if (given && given.length > 0) return given.map((axis) => frontOf(axis, rank)).sort((a, b) => a - b)
  if (intOf(n, 'noop_with_empty_axes', 0) === 1) return []
  return Array.from({ length: rank }, (_, i) => i)
}

/** A value of the reduced shape with the axes that went, of size 1. */
const kept = (n: Applied, v: V): V =>
  intOf(n, 'keepdims', 1) === 1 || axesOf(n).length === 0 ? v : unsqueeze(v, axesOf(n))

const counted = (n: Applied): number => {
  const sizes = axesOf(n).map((axis) => operand(n).shape[axis])
  if (sizes.every((d) => typeof d === 'number')) return sizes.reduce<number>((a, d) => a * (d as number), 1)
  return cannot(n, 'averages over sizes that are open', 'give the model fixed sizes first')
}

/** It goes to the largest or smallest entries, in equal parts. */
function extreme(n: Applied, g: V): Part[] {
  const mask = cast(equal(operand(n), kept(n, result(n))), g.dtype) as V
  const share = div(kept(n, g), reduceSum(mask, { axes: axesOf(n), keep: true }))
  return [mul(mask, share)]
}

/** Of one axis: each entry gets the product of the others, which y/x is not where an entry is 0. */
function product(n: Applied, g: V): Part[] {
  const [axis, ...more] = axesOf(n)
  const x = operand(n)
  const size = axis === undefined ? undefined : x.shape[axis]
  if (axis === undefined || more.length > 0 || typeof size !== 'number' || size > 8)
    return cannot(n, 'multiplies more than the 8 entries of one axis')
  const index = (i: number) => [...x.shape.slice(0, axis).map(() => ':'), `${i}:${i + 1}`, '...'].join(', ')
  const entries = Array.from({ length: size }, (_, i) => slice(x, index(i)))
  const others = entries.map((_, i) => entries.filter((_, k) => k !== i).reduce<V | undefined>(times, undefined))
  const parts = others.map((v) => (v ? mul(kept(n, g), v) : kept(n, g)))
  const whole =
    parts.length === 1 ? parts[0] : x.graph.emit('Concat', parts, [x.dtype, x.shape], { axis: { int: axis } })
  return [whole as V]
}

const times = (a: V | undefined, b: V): V => (a ? mul(a, b) : b)

const overX = (n: Applied, g: V): V => spread(kept(n, g), operand(n))

/** The running sum from the other end. */
function cumulated(n: Applied, g: V): Part[] {
  const [exclusive, reverse] = [intOf(n, 'exclusive', 0), 1 - intOf(n, 'reverse', 0)]
  const attributes = { exclusive: { int: exclusive }, reverse: { int: reverse } }
  const axis = n.x[1] as V
  return [n.graph.emit('CumSum', [g, axis], [g.dtype, g.shape], attributes)]
}

/** Axis of a normalised exponential; before opset 13 all axes behind it counted as one. */
function softAxis(n: Applied): number {
  const rank = operand(n).shape.length
  const axis = intOf(n, 'axis', n.graph.opset < 13 ? 1 : -1)
  const front = frontOf(axis, rank)
  return n.graph.opset >= 13 || front === rank - 1 ? front : cannot(n, 'flattens its operand before opset 13')
}

const along = (n: Applied, v: V): V => reduceSum(v, { axes: [softAxis(n)], keep: true })

/** Operators that take axes away, or go along one. */
export const reductionRules: Readonly<Record<string, Rule>> = {
  ReduceSum: ruled('g along the axes', (n, g) => [overX(n, g)], [0]),
  ReduceMean: ruled('g/n along the axes', (n, g) => [overX(n, mul(g, 1 / counted(n)))], [0]),
  ReduceMax: ruled('g where x = y, shared by those that tie', extreme, [0]),
  ReduceMin: ruled('g where x = y, shared by those that tie', extreme, [0]),
  ReduceProd: ruled('g·Π of the others', product, [0]),
  ReduceSumSquare: ruled('2·g·x', (n, g) => [mul(mul(operand(n), 2), kept(n, g))], [0]),
  ReduceL2: ruled('g·x/y', (n, g) => [mul(operand(n), kept(n, div(g, result(n))))], [0]),
  ReduceLogSumExp: ruled('g·e^(x − y)', (n, g) => [mul(exp(sub(operand(n), kept(n, result(n)))), kept(n, g))], [0]),
  CumSum: ruled('Σ g from the other end', cumulated, [0]),
  Softmax: ruled('y·(g − Σ g·y)', (n, g) => [mul(result(n), sub(g, along(n, mul(g, result(n)))))], [0]),
  LogSoftmax: ruled('g − e^y·Σ g', (n, g) => [sub(g, mul(exp(result(n)), along(n, g)))], [0]),
}
