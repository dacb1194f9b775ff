import { describe, it } from 'vitest'
import type { ConfigInput } from '../../../src/yolo/config/config.js'
import { layoutNames } from '../../../src/yolo/config/vocabulary.js'
import type { Reading } from '../../support/boxes.js'
import { size } from '../../support/scenes.js'
import {
  anywhere,
  asFunction,
  batch,
  expectEqual,
  far,
  original,
  rows,
  staticSizes,
  unlike,
  weighted,
  weightedOriginal,
} from './equal.js'

/** Every option that the numbers may depend on, with one way or another to read boxes. */
const cases: readonly [options: ConfigInput, reading: Reading][] = [
  [{}, anywhere],
  [{}, weighted],
  ...layoutNames.map((layout): [ConfigInput, Reading] => [{ layout }, weightedOriginal]),
  [{ dtype: 'float64' }, weighted],
  [{ dtype: 'float16', layout: 'nchw' }, weighted],
  ...[13, 18, 21].map((opset): [ConfigInput, Reading] => [{ opset }, weighted]),
  [{ reduction: 'sum' }, anywhere],
  [{ reduction: 'none' }, weightedOriginal],
  [{ normalizer: true }, anywhere],
  [{ lossRank: 1 }, original],
  [{ guard: true }, original],
  [{ weights: { xy: 0.5, wh: 2, conf: 0, class: -1.25 } }, weighted],
  [{ ignoreThreshold: 0 }, anywhere],
  [{ ignoreThreshold: 0.7 }, weighted],
]

/** Sizes that may be fixed and need not be. */
const fixed: readonly [options: ConfigInput, reading: Reading][] = [
  [{ maxBoxes: rows }, original],
  [{ batch }, weighted],
  [{ input: size }, anywhere],
  [{ batch, input: size, maxBoxes: rows, layout: 'nachw' }, weightedOriginal],
]

describe.each(['compact', 'loop'])('%s: loss, components, masks, diagnostics and gradients from boxes', (form) => {
  it.each([...cases, ...fixed])('are those from their labels, bit for bit: %j, %j', (options, reading) =>
    expectEqual({ ...options, form }, reading, { apart: unlike, seed: 5 }),
  )
})

describe('static: loss, components, masks, diagnostics and gradients from boxes', () => {
  it.each([...cases, [{ divisionFree: true }, anywhere] as const, [{ for: 'ort-training' }, weighted] as const])(
    'are those from their labels: %j, %j',
    (options, reading) => expectEqual({ ...options, ...staticSizes }, reading, { apart: far, seed: 6 }),
  )
})

describe('the loss from boxes as a function', () => {
  it.each<[ConfigInput, Reading]>([
    [{ opset: 13, reduction: 'none' }, weighted],
    [{ opset: 21, layout: 'nchw', maxBoxes: rows }, anywhere],
    [{ dtype: 'float64', batch, input: size }, weightedOriginal],
  ])('is that from their labels, bit for bit: %j, %j', (options, reading) =>
    expectEqual(options, reading, { apart: unlike, encode: asFunction, seed: 7 }),
  )
})
