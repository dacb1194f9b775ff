import { describe, expect, it } from 'vitest'
import { float32, type Real, type Tensor } from '../../../src/io/tensor.js'
import { encodeModel, Graph, type Value } from '../../../src/onnx/index.js'
import { gradients } from '../../../src/onnx/reverse/gradients.js'
import { openSession } from '../../../src/runtime/session.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { lossModel } from '../../../src/yolo/loss.js'
import { configOf, feedsOf, graphBytes, readFixture } from '../../support/cases.js'
import { fixedSizes } from '../../support/forms.js'
import { expectedGradients, float32Tolerance, misses, tensorsOf } from '../../support/gradients.js'

/** The loss with its derivatives by the logits, mechanically derived from its nodes alone. */
function derived(config: object, scales: number): Uint8Array {
  const model = lossModel(resolveConfig({ ...config, opset: 18 }))
  const graph = new Graph({ opset: model.opset })
  graph.adopt(model.body)
  const logits = Array.from({ length: scales }, (_, l) => graph.valueOf(`y_pred_${l}`) as Value<Real>)
  const slopes = gradients(graph.valueOf('loss') as Value<Real>, logits)
  return encodeModel(graph.build(Object.fromEntries(slopes.map((g, l) => [`d${l}`, g]))))
}

// Logits of these cases are no kinks: of |t|, of which the derived slope at 0 is 0, and of IoUs at the threshold.
describe.each(['two-boxes-one-cell', 'tiny-345-012', 'fractional-objectness', 'non-square'])('%s', async (name) => {
  const test = await readFixture(name)
  const { logits, labels } = tensorsOf(test)
  const expected = expectedGradients(test)

  it.each(['compact', 'static', 'loop'])(
    'the gradient derived from the %s form is that of the oracle',
    async (form) => {
      const sizes = form === 'static' ? fixedSizes(test) : {}
      const session = await openSession(derived({ ...configOf(test), ...sizes, form }, logits.length))
      const outputs = await session.run(feedsOf(logits, labels))
      for (const [l, gradient] of expected.entries()) {
        const { data } = outputs.get(`d${l}`) as Tensor<'float32'>
        const tolerance = float32Tolerance(logits[0]?.shape[0] as number, labels[l] as Tensor)
        expect(misses(data, gradient, tolerance).slice(0, 5)).toEqual([])
      }
      await session.release()
    },
  )
})

it.each([
  ['compact', {}],
  ['static', { batch: 1, input: [64, 64], maxBoxes: 3 }],
])('derived from the %s form made for trainers, it is exact at logits of 0 too', async (form, sizes) => {
  const config = { preset: 'yolov3-tiny-voc', classes: 2, form, ...sizes, for: 'ort-training' }
  const [own, other] = await Promise.all(
    [graphBytes({ ...config, gradients: true }), derived(config, 2)].map((bytes) => openSession(bytes)),
  )
  const logits = [0, 1].map((l) => float32([1, 2 * 2 ** l, 2 * 2 ** l, 21], new Float32Array(84 * 4 ** l)))
  const labels = [0, 1].map((l) => float32([1, 2 * 2 ** l, 2 * 2 ** l, 3, 7], new Float32Array(84 * 4 ** l)))
  labels[0]?.data.set([0.2, 0.3, 0.4, 0.5, 1, 0, 1], 7)
  const [expected, got] = await Promise.all([own, other].map((session) => session?.run(feedsOf(logits, labels))))
  for (const l of [0, 1]) {
    const [a, b] = [expected?.get(`grad_y_pred_${l}`)?.data, got?.get(`d${l}`)?.data] as [Float32Array, Float32Array]
    expect(Math.max(...a.map((x, i) => Math.abs(x - (b[i] as number))))).toBeLessThan(1e-6)
  }
  await Promise.all([own?.release(), other?.release()])
})
