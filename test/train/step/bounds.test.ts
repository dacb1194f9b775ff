import { describe, expect, it } from 'vitest'
import { adam } from '../../../src/train/carried.js'
import { headTraining } from '../../../src/train/heads.js'
import { trainingStep } from '../../../src/train/step/step.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { TinyDetector, tinyConfig } from '../../attach/detector.js'

const config = resolveConfig({ ...tinyConfig, batch: 1, input: [96, 64], layout: 'nchw' })
const detector = new TinyDetector({ opset: 17, irVersion: 8, batch: 1 }).bytes()

describe('numbers of an optimizer that the command line refuses', () => {
  it.each([
    [{ optimizer: 'adam', settings: { betas: [0.9] } }, 'options.settings.betas: must be a pair'],
    [{ optimizer: 'adam', settings: { betas: [1, 1] } }, 'options.settings.betas: must be a pair'],
    [{ optimizer: 'adam', settings: { epsilon: 0 } }, 'options.settings.epsilon: must be a number above 0; got 0'],
    [{ optimizer: 'sgd', settings: { momentum: 2 } }, 'options.settings.momentum: must be a number from 0 to below 1'],
    [{ optimizer: 'sgd', weightDecay: -1 }, 'options.weightDecay: must be a number from 0 on; got -1'],
    [{ optimizer: 'sgd', clipNorm: 0 }, 'options.clipNorm: must be a number above 0; got 0'],
    [{ optimizer: 'sgd', ema: 1.5 }, 'options.ema: must be a number from 0 to below 1'],
  ])('%j', (options, words) => {
    expect(() => trainingStep(detector, config, options as never)).toThrow(words)
  })

  it('are refused for heads alone, too', () => {
    expect(() => headTraining(config, [12, 8], { ...adam, beta1: 1 } as never)).toThrow('optimizer')
  })
})
