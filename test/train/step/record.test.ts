import { describe, expect, test } from 'vitest'
import { readModel } from '../../../src/onnx/proto/read.js'
import type { StepOptions } from '../../../src/train/step/options.js'
import { describeStep } from '../../../src/train/step/record.js'
import { trainingStep } from '../../../src/train/step/step.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { tinyConfig, tinyDetector } from '../../attach/detector.js'

const detector = tinyDetector({ opset: 18, irVersion: 8, batch: 1, norm: true })
const config = resolveConfig({ ...tinyConfig, batch: 1, input: [96, 64] })
const described = (options: Partial<StepOptions> = {}) => {
  const step = trainingStep(detector, config, { optimizer: 'adam', ...options })
  const found = describeStep(readModel(step.bytes, 'step'))
  if (!found) throw new Error('it is no step')
  return { step, found }
}
const names = (values: readonly { readonly name: string }[]) => values.map(({ name }) => name)

describe('a step says of itself', () => {
  test.each<[string, Partial<StepOptions>]>([
    ['as it is', {}],
    ['in one file', { oneFile: true }],
    ['with everything along', { ema: 0.9, accumulate: 2, clipNorm: 1 }],
    ['without an update', { gradientsOnly: true }],
    ['of some parameters', { freeze: ['*bias'] }],
  ])('what it trains and carries along: %s', (_, options) => {
    const { step, found } = described(options)
    expect(names(found.parameters).sort()).toEqual([...step.parameters].sort())
    expect(names(found.statistics).sort()).toEqual([...step.statistics].sort())
    expect(found.trained).toBe(step.trained)
    const kinds = 2 + (options.ema ? 1 : 0) + (options.accumulate ? 1 : 0)
    expect(found.state).toHaveLength(options.gradientsOnly ? 0 : kinds * step.parameters.length)
    expect(names(found.inputs)).toEqual([
      'image',
      'y_true_0',
      'y_true_1',
      ...(options.gradientsOnly ? [] : ['rate', 'step']),
    ])
    expect(names(found.outputs)).toEqual(['loss', 'coarse', 'fine'])
  })

  test('its optimizer and what was set, by the names of the options', () => {
    const { found } = described({ weightDecay: 0.1, clipNorm: 3, only: 'heads', settings: { epsilon: 1e-6 } })
    expect([found.optimizer, found.settings]).toEqual([
      'adam',
      { betas: [0.9, 0.999], epsilon: 1e-6, weightDecay: 0.1, clipNorm: 3, only: 'heads' },
    ])
  })

  test('what is frozen', () => {
    expect(described().found.frozen).toEqual([0, 0])
    // Of eight convolutions and five batch norms.
    expect(described({ freeze: ['*bias'] }).found.frozen[0]).toBe(13)
  })

  test('what it takes: inputs by their sizes, and work that grows with what is trained', () => {
    const [all, heads] = [described().found, described({ only: 'heads' }).found]
    const images = 4 * 3 * 96 * 64
    const labels = 4 * 3 * 7 * (6 + 24)
    expect(heads.fed).toBe(images + labels + 4 + 8 + 3 * 4 * heads.trained)
    expect(all.work).toBeGreaterThan(2 * heads.work)
  })
})

test('any other model says nothing', () => {
  expect(describeStep(readModel(detector, 'detector'))).toBeUndefined()
})
