import { expect, it } from 'vitest'
import type { Tensor } from '../../../src/io/tensor.js'
import { Graph } from '../../../src/onnx/graph/graph.js'
import { less, where } from '../../../src/onnx/logic.js'
import { abs, mul, sub } from '../../../src/onnx/math.js'
import { gradients } from '../../../src/onnx/reverse/gradients.js'
import { evaluate } from '../../../src/runtime/evaluate.js'
import { tailOf } from '../../../src/yolo/formulas/bce.js'
import type { Pointwise } from '../../../src/yolo/semantics/terms/formulas/goal.js'
import { squared } from '../../../src/yolo/semantics/terms/formulas/squared.js'

// The rule that the test of the reference adds, in a graph: how large errors of a size are taken. A formula …
const huber: Pointwise = (z, t, tail) => {
  const d = abs(z === 0 ? t : sub(t, z))
  return where(less(1, d), sub(mul(d, 2), 1), squared(z, t, tail))
}

// … and a row of a table, which the compiler holds to be whole.
const losses: Readonly<Record<'squared' | 'huber', Pointwise>> = { squared, huber }

const errors: Tensor<'float64'> = { dtype: 'float64', shape: [4], data: Float64Array.of(-2, -0.5, 0.25, 3) }

it('a further rule is a formula of operators in a table of values: its gradient is derived', async () => {
  const graph = new Graph()
  const t = graph.input('t', 'float64', [4])
  const value = losses.huber(0, t, tailOf(true))
  const [slope] = gradients(value, [t]) as [typeof t]
  expect([...(await evaluate(value, { t: errors })).data]).toEqual([3, 0.25, 0.0625, 5])
  expect([...(await evaluate(slope, { t: errors })).data]).toEqual([-2, -1, 0.5, 2])
})
