import { describe, expect, it } from 'vitest'
import { attachLoss } from '../../src/attach/attach.js'
import { detachLoss, replaceLoss } from '../../src/attach/detach.js'
import { trainingPlan } from '../../src/attach/training.js'
import { float32 } from '../../src/io/tensor.js'
import { Graph } from '../../src/onnx/graph/graph.js'
import type { Attribute } from '../../src/onnx/graph/model.js'
import { decodeModel } from '../../src/onnx/proto/codec.js'
import { encodeModel } from '../../src/onnx/proto/encode.js'
import { checkAttached } from './compare.js'
import { tinyDetector } from './detector.js'
import { tiny } from './given.js'

describe('nearest-neighbour Resize, rewritten', () => {
  it.each([11, 13, 17, 21])('leaves every number as it was, opset %i', async (opset) => {
    const detector = tinyDetector({ opset })
    const { attached } = await checkAttached(detector, { rewriteResize: true })
    const ops = decodeModel(attached.bytes, 'm').graph?.node.map((n) => n.opType)
    expect(ops).not.toContain('Resize')
    expect(Buffer.from(detachLoss(attached.bytes).bytes).equals(detector)).toBe(true)
  })

  it('leaves them with open sizes too, and survives a replacement', async () => {
    const detector = tinyDetector({ size: ['H', 'W'] })
    const { attached } = await checkAttached(detector, { rewriteResize: true, size: [64, 128] })
    const replaced = replaceLoss(attached.bytes, tiny).bytes
    expect(trainingPlan(replaced).obstacles).toEqual([])
    expect(Buffer.from(detachLoss(replaced).bytes).equals(detector)).toBe(true)
  })

  it.each<[string, Record<string, string>, number, boolean]>([
    ['half_pixel, rounded', {}, 2, true],
    ['half_pixel by 3', {}, 3, true],
    ['asymmetric, floor', { coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }, 2, true],
    ['asymmetric, rounded', { coordinate_transformation_mode: 'asymmetric' }, 4, false],
    ['half_pixel, floor', { nearest_mode: 'floor' }, 2, false],
    ['half_pixel, ceil', { nearest_mode: 'ceil' }, 2, false],
    ['aligned corners', { coordinate_transformation_mode: 'align_corners' }, 2, false],
    ['linear', { mode: 'linear' }, 2, false],
    ['by 1.5', {}, 1.5, false],
  ])('is offered only where pixels are repeated: %s', (_, strings, factor, can) => {
    const plan = trainingPlan(resizing(strings, factor))
    expect(plan.obstacles).toEqual([
      expect.stringContaining(can ? 'rewrite it with --rewrite-resize' : 'no rewriting is known to be equal'),
    ])
  })

  it('is refused where it would change numbers', () => {
    const detector = Buffer.from(tinyDetector())
    detector.write('ceilX', detector.indexOf('floor'))
    expect(() => attachLoss(detector, tiny, { rewriteResize: true })).toThrow(
      /node "Resize" \(Resize\) is no nearest-neighbour/,
    )
  })
})

/** A Resize alone. */
function resizing(strings: Readonly<Record<string, string>>, factor: number): Uint8Array {
  const graph = new Graph()
  const x = graph.input('x', 'float32', [1, 2, 4, 4])
  const attributes: Record<string, Attribute> = { mode: { string: 'nearest' } }
  for (const [key, text] of Object.entries(strings)) attributes[key] = { string: text }
  const inputs = [
    x,
    graph.constant(float32([0], []), 'roi'),
    graph.constant(float32([4], [1, 1, factor, factor]), 'scales'),
  ]
  return encodeModel(
    graph.build({ y: graph.emit('Resize', inputs, ['float32', [1, 2, 4 * factor, 4 * factor]], attributes) }),
  )
}

describe('the training plan', () => {
  it('trains weights and biases, and neither the constants nor the loss', () => {
    const plan = trainingPlan(attachLoss(tinyDetector(), tiny).bytes)
    const layers = ['stage0', 'stage1', 'stage2', 'stage3', 'stage4', 'head0', 'route', 'head1']
    expect([...plan.requires_grad].sort()).toEqual(
      layers.flatMap((l) => [`const/${l}.bias`, `const/${l}.weight`]).sort(),
    )
    expect(plan.frozen_params).toEqual([])
    expect(plan.loss).toBe('loss')
    expect(plan.obstacles).toEqual(['node "Resize" (Resize) has no gradient: rewrite it with --rewrite-resize'])
  })

  it('freezes batch-norm statistics', () => {
    const graph = new Graph()
    const x = graph.input('x', 'float32', [1, 2, 4, 4])
    const of = (name: string, i: number) => graph.constant(float32([2], [i + 1, 1]), name)
    const names = ['scale', 'bias', 'mean', 'variance'] as const
    const y = graph.emit('BatchNormalization', [x, ...names.map(of)], ['float32', [1, 2, 4, 4]])
    const plan = trainingPlan(encodeModel(graph.build({ y })))
    expect(plan.requires_grad.toSorted()).toEqual(['const/bias', 'const/scale'])
    expect(plan.frozen_params.toSorted()).toEqual(['const/mean', 'const/variance'])
  })
})
