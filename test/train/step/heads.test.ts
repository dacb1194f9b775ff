import { describe, expect, test } from 'vitest'
import { detachLoss } from '../../../src/attach/detach.js'
import { newHeads } from '../../../src/attach/newheads/renew.js'
import { Random } from '../../../src/io/random.js'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import { evaluateModel } from '../../../src/runtime/session.js'
import { trainingStep } from '../../../src/train/step/step.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { type HeadForm, TinyDetector, tinyConfig } from '../../attach/detector.js'

type Tensors = Record<string, Tensor>

const config = resolveConfig({ ...tinyConfig, classes: 5, batch: 2, input: [96, 64], labels: 'boxes', maxBoxes: 2 })
const random = new Random(17)
const image = float32(
  [2, 3, 96, 64],
  Array.from({ length: 2 * 3 * 96 * 64 }, () => random.normal(0, 1)),
)
const boxes = float32([2, 2, 5], [8, 8, 40, 50, 4, 20, 30, 60, 90, 3, 2, 3, 12, 20, 1, 0, 0, 0, 0, 0])

describe('a step with new heads', () => {
  test.each<HeadForm>(['nchw', 'nahwc', 'flat-hwa'])(
    'of the form %s trains classes that the detector never had',
    async (head) => {
      const model = new TinyDetector({ opset: 18, irVersion: 8, batch: 2, head }).bytes()
      const grids = head === 'flat-hwa' ? ([[3, 2], [6, 4]] as const) : undefined // biome-ignore format: a row
      const options = { optimizer: 'sgd', newHeads: 1, ...(grids && { grids, layout: head as 'flat-hwa' }) } as const
      const step = trainingStep(model, config, options)
      expect(step.renewed.map(({ channels }) => channels)).toEqual([[21, 30], [21, 30]]) // biome-ignore format: a row
      let values = step.initial() as Tensors
      const losses: number[] = []
      for (let i = 0; i < 8; i++) {
        const out = await evaluateModel(step.bytes, { image, boxes, ...values, rate: float32([], [2e-2]) })
        losses.push((out.get('loss') as Tensor<'float32'>).data[0] as number)
        values = Object.fromEntries(Object.keys(values).map((name) => [name, out.get(`next_${name}`) as Tensor]))
      }
      expect(losses.at(-1)).toBeLessThan(0.9 * (losses[0] as number))
      const renewed = newHeads(model, config, { seed: 1 }).bytes
      expect(Buffer.compare(detachLoss(step.bytes, { weights: step.initial() }).bytes, renewed)).toBe(0)
      expect(detachLoss(step.bytes, { weights: values }).bytes).toHaveLength(renewed.length)
    },
  )

  test('can train them alone', () => {
    const model = new TinyDetector({ opset: 18, irVersion: 8, batch: 2 }).bytes()
    const { parameters } = trainingStep(model, config, { optimizer: 'sgd', newHeads: 1, only: 'heads' })
    expect(parameters).toEqual(['head0', 'head1'].flatMap((h) => [`const/${h}.weight`, `const/${h}.bias`]))
  })
})
