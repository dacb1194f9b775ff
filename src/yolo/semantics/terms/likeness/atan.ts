import type { Real } from '../../../../io/index.js'
import type { Value } from '../../../../onnx/index.js'
import { greater, less, where } from '../../../../onnx/logic.js'
import { add, div, mul, neg, sub } from '../../../../onnx/math.js'

/** Beyond tan(3π/8) the arctangent is that of −1/x from ½π on, beyond 0.66 that of (x − 1)/(x + 1) from ¼π on. */
const bounds = { far: 2.414213562373095, near: 0.66 }

// atan x = x + x·z·P(z)/Q(z), z = x². Source: Stephen Moshier, Cephes Mathematical Library, double/atan.c.
const P = [-0.8750608600031904, -16.157537187333652, -75.00855792314705, -122.88666844901361, -64.85021904942025]
const Q = [1, 24.858464901423062, 165.02700983169885, 432.88106049129027, 485.3903996359137, 194.5506571482614]

const polynomial = <D extends Real>(z: Value<D>, [first = 0, ...rest]: readonly number[]): Value<D> =>
  rest.reduce<Value<D>>((sum, c, i) => add(i === 0 && first === 1 ? z : mul(sum, z), c), z.graph.scalar(first, z.dtype))

/**
 * The arctangent, from quotients alone: onnxruntime has no Atan in float64. Within 3e-16 of its size in float64, 2e-7 in
 * float32; derivatives alike. `[…S] → […S]`
 */
export function atan<D extends Real>(x: Value<D>): Value<D> {
  const { graph, dtype } = x
  return graph.scope('atan', () => {
    const below = less(x, 0)
    const size = where(below, neg(x), x)
    const [far, near] = [greater(size, bounds.far), greater(size, bounds.near)]
    const one = graph.scalar(1, dtype)
    const over = where(far, neg(one), where(near, sub(size, 1), size))
    const under = where(far, size, where(near, add(size, 1), one))
    const from = where(far, graph.scalar(Math.PI / 2, dtype), where(near, graph.scalar(Math.PI / 4, dtype), 0))
    const r = div(over, under)
    const z = mul(r, r)
    const found = add(from, add(r, mul(r, mul(z, div(polynomial(z, P), polynomial(z, Q))))))
    return where(below, neg(found), found)
  })
}
