import { expect, it } from 'vitest'
import { tensorOf } from '../../../../../src/onnx/graph/constants.js'
import { encodeModel, Graph, gradients } from '../../../../../src/onnx/index.js'
import { evaluateModel } from '../../../../../src/runtime/session.js'
import { atan } from '../../../../../src/yolo/semantics/terms/likeness/atan.js'

const around = [0, 1e-8, 0.1, 0.6599, 0.6601, 1, 2.4142, 2.4143, 7, 1e6, 1e30].flatMap((x) => [x, -x])
const many = Array.from({ length: 2001 }, (_, i) => (i - 1000) / 128)

it.each([
  ['float64', 4e-16, 2e-14],
  ['float32', 2e-7, 1e-6],
] as const)('the arctangent and its derivative are exact in %s', async (dtype, value, slope) => {
  const xs = Array.from(tensorOf(dtype, [2023], [...around, ...many]).data, Number)
  const graph = new Graph({ opset: 17 })
  const x = graph.input('x', dtype, [xs.length])
  const y = atan(x)
  const [derived] = gradients(y, [x])
  const bytes = encodeModel(graph.build({ y, d: derived as typeof y }))
  const results = await evaluateModel(bytes, { x: tensorOf(dtype, [xs.length], xs) })
  const numbers = (name: string) => Array.from(results.get(name)?.data ?? [], Number)
  const apart = (a: number, b: number) => (a === b ? 0 : Math.abs(a - b) / Math.abs(b))
  const most = (found: number[], f: (x: number) => number) =>
    Math.max(...found.map((own, i) => apart(own, f(xs[i] as number))))
  expect(most(numbers('y'), Math.atan)).toBeLessThan(value)
  const moderate = numbers('d').filter((_, i) => Math.abs(xs[i] as number) <= 1e6)
  const at = xs.filter((x) => Math.abs(x) <= 1e6)
  expect(Math.max(...moderate.map((own, i) => apart(own, 1 / (1 + (at[i] as number) ** 2))))).toBeLessThan(slope)
})
