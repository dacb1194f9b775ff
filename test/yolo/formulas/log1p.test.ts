import { expect, test } from 'vitest'
import { tensorOf } from '../../../src/onnx/graph/constants.js'
import { Graph } from '../../../src/onnx/graph/graph.js'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import { evaluateModel } from '../../../src/runtime/session.js'
import { type Log1p, log1ps } from '../../../src/yolo/formulas/log1p.js'

/** e^x for x from −100 to 0, as float32. */
const es = Array.from({ length: 100_001 }, (_, i) => Math.fround(Math.exp(-i / 1000)))

/** Relative errors of ln(1 + e), where that is not a denormal number. */
async function errors(log1p: Log1p): Promise<number[]> {
  const graph = new Graph()
  const e = graph.input('e', 'float32', ['n'])
  const y = log1p(e, e)
  const results = await evaluateModel(encodeModel(graph.build({ y })), { e: tensorOf('float32', [es.length], es) })
  const got = results.get('y')?.data as Float32Array
  return es.flatMap((e, i) => (e < 2 ** -125 ? [] : [(got[i] as number) / Math.log1p(e) - 1]))
}

test.each([
  ['quotients', log1ps.quotients],
  ['the logarithm', log1ps.logarithm],
])('ln(1 + e) by %s loses nothing, however small e is', async (_, log1p) => {
  const off = await errors(log1p)
  expect(Math.max(...off.map(Math.abs))).toBeLessThan(3.5e-7)
})

test('by quotients it errs in both directions alike, so that sums of many are better than each', async () => {
  const off = await errors(log1ps.quotients)
  expect(Math.abs(off.reduce((a, b) => a + b, 0) / off.length)).toBeLessThan(5e-8)
})
