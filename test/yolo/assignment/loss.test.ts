import { describe, it } from 'vitest'
import type { ConfigInput } from '../../../src/yolo/config/config.js'
import type { Reading } from '../../support/boxes.js'
import { anywhere, asFunction, expectEqual, far, original, staticSizes, unlike, weighted } from './equal.js'

/** One way or another to read boxes and to average; all other options are in `options.test.ts`, which takes longer. */
const cases: readonly [options: ConfigInput, reading: Reading][] = [
  [{}, original],
  [{ reduction: 'none', layout: 'nchw' }, weighted],
  [{ dtype: 'float64', guard: true, normalizer: true }, anywhere],
]

describe.each(['compact', 'loop'])('%s: loss, components, masks, diagnostics and gradients from boxes', (form) => {
  it.each(cases)('are those from their labels, bit for bit: %j, %j', (options, reading) =>
    expectEqual({ ...options, form }, reading, { apart: unlike, seed: 5 }),
  )
})

it.each(cases)('static: the same to rounding: %j, %j', (options, reading) =>
  expectEqual({ ...options, ...staticSizes }, reading, { apart: far, seed: 6 }),
)

it('as a function, the loss from boxes is that from their labels, bit for bit', () =>
  expectEqual({}, original, { apart: unlike, encode: asFunction, seed: 7 }))
