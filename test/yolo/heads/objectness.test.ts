import { describe, expect, it } from 'vitest'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import { Graph } from '../../../src/onnx/graph/graph.js'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import { evaluateModel } from '../../../src/runtime/session.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import type { LayoutName } from '../../../src/yolo/config/vocabulary.js'
import { labelledHeads } from '../../../src/yolo/heads/inputs.js'
import { objectnessOf } from '../../../src/yolo/heads/objectness.js'
import { inLayout } from '../../support/forms.js'

const [h, w, A] = [2, 3, 2]
const layouts: readonly LayoutName[] = ['nhwc', 'nchw', 'nachw', 'nahwc']

/** Numbers 0, 1, 2 … in a shape. */
const counting = (...shape: number[]): Tensor<'float32'> =>
  float32(
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => i),
  )

interface Scene {
  readonly layout: LayoutName
  readonly classes: number
  readonly opset: number
  readonly dtype?: 'float32' | 'float64'
}

async function run({ layout, classes, opset, dtype = 'float32' }: Scene, batch: number, fixed: boolean) {
  const sizes = fixed ? { batch, input: [32 * h, 32 * w] } : {}
  const anchors = [[10, 13], [16, 30]] // biome-ignore format: pairs
  const config = resolveConfig({ anchors, anchorMask: [[0, 1]], classes, layout, dtype, ...sizes } as never)
  const graph = new Graph({ opset })
  const [head] = labelledHeads(graph, config).scales
  const { labels, logits } = objectnessOf(head as NonNullable<typeof head>)
  return evaluateModel(encodeModel(graph.build({ labels, logits })), {
    y_pred_0: as(dtype, inLayout(counting(batch, h, w, A * (5 + classes)), layout, A)),
    y_true_0: as(dtype, counting(batch, h, w, A, 5 + classes)),
  })
}

const as = (dtype: 'float32' | 'float64', x: Tensor): Tensor =>
  dtype === 'float32' ? x : { ...x, dtype, data: Float64Array.from(x.data as Float32Array) }

/** Places of the axes of a cell in the order of memory, for each cell. */
function cells(layout: LayoutName, batch: number): number[] {
  const inLabels = Array.from({ length: batch * h * w * A }, (_, i) => i)
  if (layout === 'nhwc') return inLabels
  const place = (b: number, a: number, cell: number) => (b * h * w + cell) * A + a
  return inLabels.map((i) => place(Math.floor(i / (h * w * A)), Math.floor(i / (h * w)) % A, i % (h * w)))
}

describe('the objectness of every cell', () => {
  const cases: Scene[] = [
    ...layouts.flatMap((layout) => [1, 10, 11, 20].map((classes) => ({ layout, classes, opset: 13 }))),
    ...[11, 12, 18, 25].map((opset): Scene => ({ layout: 'nhwc', classes: 20, opset })),
    { layout: 'nahwc', classes: 20, opset: 17, dtype: 'float64' },
  ]
  it.each(cases)('is read in the order of memory: $layout, $classes classes, opset $opset', async (scene) => {
    const { layout, classes } = scene
    for (const batch of [0, 1, 3])
      for (const fixed of batch > 0 ? [false, true] : [false]) {
        const found = await run(scene, batch, fixed)
        const entry = (cell: number) => cell * (5 + classes) + 4
        expect([...(found.get('labels') as Tensor).data]).toEqual(cells('nhwc', batch).map(entry))
        expect([...(found.get('logits') as Tensor).data]).toEqual(cells(layout, batch).map(entry))
      }
  })
})
