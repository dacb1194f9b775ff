import type { Value } from '../../graph/value.js'
import { equal, where } from '../../logic.js'
import { add, div, mul, neg } from '../../math.js'
import { cast } from '../../shape.js'
import { type Applied, operand, result, type V } from '../applied.js'
import { type Part, type Rule, ruled } from '../rule.js'

/** Largest or smallest of operands: g goes to those that are it, in equal parts. */
function extremum(n: Applied, g: V): Part[] {
  const masks = n.x.map((_, place) => cast(equal(operand(n, place), result(n)), g.dtype) as V)
  const share = div(
    g,
    masks.reduce((a, b) => add(a, b)),
  )
  return masks.map((mask) => mul(mask, share))
}

function select(n: Applied, g: V): Part[] {
  const condition = n.x[0] as Value<'bool'>
  return [undefined, where(condition, g, 0), where(condition, 0, g)]
}

/** Operators of several operands, number by number; what was spread to the shape of the result is summed by the walker. */
export const arithmeticRules: Readonly<Record<string, Rule>> = {
  Add: ruled('g; g', (_, g) => [g, g]),
  Sub: ruled('g; −g', (_, g) => [g, neg(g)]),
  Mul: ruled('g·b; g·a', (n, g) => [mul(g, operand(n, 1)), mul(g, operand(n))]),
  Div: ruled('g/b; −(g/b)·y', (n, g) => {
    const part = div(g, operand(n, 1))
    return [part, neg(mul(part, result(n)))]
  }),
  Sum: ruled('g each', (n, g) => n.x.map(() => g)),
  Mean: ruled('g/n each', (n, g) => n.x.map(() => mul(g, 1 / n.x.length))),
  Max: ruled('g where x = y, shared by those that tie', extremum),
  Min: ruled('g where x = y, shared by those that tie', extremum),
  Where: ruled('g where the condition holds; g where not', select, [1, 2]),
}
