import { attachLoss } from '../../../src/attach/attach.js'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import { Graph } from '../../../src/onnx/graph/graph.js'
import type { Value } from '../../../src/onnx/graph/value.js'
import { mul } from '../../../src/onnx/ops/elementwise.js'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import { evaluateModel } from '../../../src/runtime/session.js'
import { Random } from '../../../src/io/random.js'
import type { ConfigInput } from '../../../src/yolo/config/config.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { assignTargets } from '../../../src/yolo/labels/assign.js'
import { lossModel } from '../../../src/yolo/loss.js'

const [batch, rows, columns] = [2, 96, 64]
const base: ConfigInput = {
  preset: 'yolov3-tiny-voc',
  batch,
  input: [rows, columns],
}

/** A model whose heads are its weights, with the loss of many classes, and what their gradient must be. */
export async function wide(): Promise<{ model: Uint8Array; arrays: { name: string; tensor: Tensor }[] }> {
  const random = new Random(3)
  const config = resolveConfig(base)
  const boxes = float32([batch, 2, 5], [4, 8, 30, 60, 3, 20, 10, 60, 90, 19, 0, 0, 63, 95, 7, 30, 30, 41, 47, 0])
  const labels = assignTargets(boxes, [rows, columns], config)
  const logits = labels.map(({ shape: [b, h, w, a, d] }) => {
    const shape = [b, h, w, (a as number) * (d as number)] as number[]
    return float32(
      shape,
      Array.from({ length: shape.reduce((x, y) => x * y) }, () => random.normal(0, 1)),
    )
  })
  const feeds = labels.map((y, l) => [`y_true_${l}`, y] as const)
  const expected = await evaluateModel(encodeModel(lossModel(resolveConfig({ ...base, gradients: true }))), {
    ...Object.fromEntries(feeds),
    ...Object.fromEntries(logits.map((t, l) => [`y_pred_${l}`, t])),
  })
  const graph = new Graph({ opset: 17 })
  const one = graph.input('one', 'float32', [1])
  const heads = logits.map((t, l) => [`head${l}`, mul(graph.constant(t, `head${l}.weight`), one) as Value] as const)
  const detector = encodeModel(graph.build(Object.fromEntries(heads)))
  const trained = resolveConfig({ ...base, for: 'ort-training' })
  return {
    model: attachLoss(detector, trained, { onlyLoss: true }).bytes,
    arrays: [
      { name: 'one', tensor: float32([1], [1]) },
      { name: 'loss', tensor: expected.get('loss') as Tensor },
      ...feeds.map(([name, tensor]) => ({ name, tensor })),
      ...logits.map((_, l) => ({ name: `head${l}.weight`, tensor: expected.get(`grad_y_pred_${l}`) as Tensor })),
    ],
  }
}
