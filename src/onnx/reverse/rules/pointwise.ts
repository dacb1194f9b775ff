import { floatOf } from '../../graph/attribute.js'
import { and, greater, less, not, where } from '../../logic.js'
import { add, div, log, mul, neg, sigmoid, sub } from '../../math.js'
import { cast } from '../../shape.js'
import { type Applied, cannot, constantOf, operand, result, type V } from '../applied.js'
import { type Part, pointwise, type Rule, ruled } from '../rule.js'

/** Where x is above a bound g, else 0. */
const above = (x: V, g: V, bound = 0): V => where(greater(x, bound), g, 0)

const sign = (x: V): V => x.graph.emit('Sign', [x], [x.dtype, x.shape])
const tanh = (x: V): V => x.graph.emit('Tanh', [x], [x.dtype, x.shape])
const softplus = (x: V): V => x.graph.emit('Softplus', [x], [x.dtype, x.shape])

/** dy/dx of a·x below 0 and x above: of y where its sign is that of x, so that x need not be kept. */
function leaky({ x, y, g, n }: { x: V; y: V; g: V; n: Applied }): V {
  const α = floatOf(n, 'alpha', 0.01)
  return where(greater(α > 0 ? y : x, 0), g, mul(g, α))
}

/** σ′ of a piecewise linear one: α between its bounds. */
function hardSigmoid({ y, g, n }: { y: V; g: V; n: Applied }): V {
  const between = and(greater(y, 0), less(y, 1))
  return where(between, mul(g, floatOf(n, 'alpha', 0.2)), 0)
}

/** x·clamp(x/6 + ½, 0, 1): 0 below −3, 1 above 3, x/3 + ½ between. */
const hardSwish = ({ x, g }: { x: V; g: V }): V =>
  where(less(x, -3), 0, where(greater(x, 3), g, mul(g, add(div(x, 3), 0.5))))

/** x·t with t = tanh(ln(1 + eˣ)): t + x·(1 − t²)·σ(x). */
function mish({ x, g }: { x: V; g: V }): V {
  const t = tanh(softplus(x))
  return mul(g, add(t, mul(mul(x, sub(mul(neg(t), t), -1)), sigmoid(x))))
}

function prelu(n: Applied, g: V): Part[] {
  const [x, slope] = [operand(n), operand(n, 1)]
  const up = greater(x, 0)
  return [where(up, g, mul(g, slope)), where(up, 0, mul(g, x))]
}

/** aᵇ: b·aᵇ⁻¹ by a, and y·ln a by b, which is 0 where a is. */
function pow(n: Applied, g: V): Part[] {
  const [a, b] = [operand(n), n.x[1] as V]
  const power = (x: V, y: V): V => x.graph.emit('Pow', [x, y], [result(n).dtype, result(n).shape])
  const exponent = cast(b, a.dtype) as V
  const byBase = mul(mul(g, exponent), power(a, sub(exponent, 1)))
  if (b.dtype !== a.dtype) return [byBase, undefined]
  const positive = greater(a, 0)
  return [byBase, where(positive, mul(mul(g, result(n)), log(where(positive, a, 1))), 0)]
}

function clip(n: Applied, g: V): Part[] {
  const x = operand(n)
  const within = ([1, 2] as const).flatMap((place) => {
    const bound = n.x[place] as V | undefined
    return bound ? [not(place === 1 ? less(x, bound) : greater(x, bound))] : []
  })
  const [first, second] = within
  if (!first) return [g]
  return [where(second ? and(first, second) : first, g, 0)]
}

function dropout(n: Applied, g: V): Part[] {
  const training = n.x[2] ? constantOf(n, 2)?.[0] : 0
  return training ? cannot(n, 'is in training mode', 'export the model for inference') : [g]
}

const same = ruled('g', (_, g) => [g], [0])

/** Operators that map number by number. */
export const pointwiseRules: Readonly<Record<string, Rule>> = {
  Identity: same,
  Neg: pointwise('−g', ({ g }) => neg(g)),
  Abs: pointwise('g·sign x', ({ x, g }) => mul(g, sign(x))),
  Exp: pointwise('g·y', ({ y, g }) => mul(g, y)),
  Log: pointwise('g/x', ({ x, g }) => div(g, x)),
  Sqrt: pointwise('g/2y', ({ y, g }) => div(mul(g, 0.5), y)),
  Reciprocal: pointwise('−g·y²', ({ y, g }) => neg(mul(g, mul(y, y)))),
  Sigmoid: pointwise('g·y·(1 − y)', ({ y, g }) => neg(mul(mul(g, y), sub(y, 1)))),
  Tanh: pointwise('g·(1 − y²)', ({ y, g }) => sub(g, mul(g, mul(y, y)))),
  Softplus: pointwise('g·σ(x)', ({ x, g }) => mul(g, sigmoid(x))),
  Relu: pointwise('g where y > 0', ({ y, g }) => above(y, g)),
  LeakyRelu: pointwise('g where y > 0, else α·g', leaky),
  Elu: pointwise('g where x > 0, else g·(y + α)', ({ x, y, g, n }) =>
    where(greater(x, 0), g, mul(g, add(y, floatOf(n, 'alpha', 1)))),
  ),
  PRelu: ruled('g where x > 0, else s·g; by s: g·x where x ≤ 0', prelu),
  HardSigmoid: pointwise('α·g where 0 < y < 1', hardSigmoid),
  HardSwish: pointwise('0 below −3, g above 3, g·(x/3 + ½) between', hardSwish),
  Mish: pointwise('g·(t + x·(1 − t²)·σ(x)), t = tanh ln(1 + eˣ)', mish),
  Pow: ruled('g·b·a^(b − 1); by b: g·y·ln a', pow),
  Clip: ruled('g within the bounds', clip, [0]),
  Cast: ruled('g in the type of x', (n, g) => [cast(g, operand(n).dtype)], [0]),
  Dropout: ruled('g', dropout, [0]),
}
