import fc from 'fast-check'
import { expect } from 'vitest'
import { encodeAsFunction } from '../../../src/attach/function.js'
import type { Tensor } from '../../../src/io/tensor.js'
import type { ConfigInput } from '../../../src/yolo/config/config.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { boxScenes, type Reading } from '../../support/boxes.js'
import { everything } from '../../support/generated.js'
import { lossesOf } from '../../support/losses.js'
import { size, config as tables } from '../../support/scenes.js'

/** Images of each scene, and the rows of boxes of each. */
export const [batch, rows] = [2, 7]

/** What the static form must have fixed. */
export const staticSizes = { form: 'static', batch, input: size, maxBoxes: rows }

export const original: Reading = { labels: 'boxes', padding: 'original', badBoxes: 'nan' }
export const anywhere: Reading = { labels: 'boxes', padding: 'anywhere', badBoxes: 'drop' }
export const weighted: Reading = { labels: 'weighted-boxes', padding: 'anywhere', badBoxes: 'nan' }
export const weightedOriginal: Reading = { labels: 'weighted-boxes', padding: 'original', badBoxes: 'drop' }

type Outputs = ReadonlyMap<string, Tensor>

const numbersOf = ({ data }: Tensor): number[] => Array.from(data, Number)

/** Outputs that differ in any bit; NaN is NaN. */
export const unlike = (got: Outputs, want: Outputs): string[] =>
  [...want].flatMap(([name, tensor]) => {
    const [xs, ys] = [numbersOf(got.get(name) as Tensor), numbersOf(tensor)]
    const isSame = xs.length === ys.length && xs.every((x, i) => Object.is(x, ys[i]))
    return isSame && got.get(name)?.shape.join() === tensor.shape.join() ? [] : [name]
  })

/** Outputs off by more than rounding another order of rows. */
export const far = (got: Outputs, want: Outputs): string[] =>
  [...want].flatMap(([name, tensor]) => {
    const [xs, ys] = [numbersOf(got.get(name) as Tensor), numbersOf(tensor)]
    const near = (x: number, y: number) => Object.is(x, y) || Math.abs(x - y) / Math.max(1, Math.abs(y)) < 3e-6
    return xs.length === ys.length && xs.every((x, i) => near(x, ys[i] as number)) ? [] : [name]
  })

interface Way {
  readonly apart: typeof unlike
  readonly encode?: (config: ConfigInput) => Uint8Array
  readonly seed: number
}

/** Holds the loss from boxes, with all its outputs, against the same from their labels. */
export async function expectEqual(options: ConfigInput, reading: Reading, { apart, encode, seed }: Way) {
  const losses = lossesOf({ ...tables, ...everything, ...options }, reading, encode && { encode })
  const scenes = boxScenes(
    { ...tables, input: size },
    { batch, rows, ...reading, refused: reading.badBoxes === 'drop' ? 6 : 0 },
  )
  await fc.assert(
    fc.asyncProperty(scenes, fc.nat(1000), async (scene, logits) => {
      const [got, want] = [await losses.fromBoxes(scene, logits), await losses.fromLabels(scene, logits)]
      expect([...got.keys()]).toEqual([...want.keys(), 'boxes_refused', 'first_refused'])
      expect(apart(got, want)).toEqual([])
    }),
    { numRuns: 4, seed },
  )
  await losses.release()
}

/** Writes the loss as a function. */
export const asFunction = (config: ConfigInput): Uint8Array => encodeAsFunction(resolveConfig(config))
