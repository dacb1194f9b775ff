import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import { evaluateModel } from '../../../src/runtime/session.js'
import type { ConfigInput } from '../../../src/yolo/config/config.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import type { BoxScene, Reading } from '../../support/boxes.js'
import { graphBytes } from '../../support/cases.js'
import { everything } from '../../support/generated.js'
import { lossesOf } from '../../support/losses.js'
import { size, config as tables } from '../../support/scenes.js'
import { far, unlike } from './equal.js'

type Row = readonly number[]
type Outputs = ReadonlyMap<string, Tensor>

const good: Row = [4, 6, 30, 40, 1]
const other: Row = [50, 10, 80, 60, 0]
const none: Row = [0, 0, 0, 0, 0]
const foreign: Row = good.with(4, -1)

const reading: Reading = { labels: 'boxes', padding: 'original', badBoxes: 'nan' }
const sizesOf = (form: string, batch: number, maxBoxes: number) =>
  form === 'static' ? { batch, maxBoxes, input: size } : {}

const sceneOf = (images: readonly (readonly Row[])[], how: Reading = reading): BoxScene => ({
  ...{ ...tables, ...how, input: size },
  boxes: float32([images.length, images[0]?.length ?? 0, 5], images.flat(2)),
})

/** Three images, the second of which has a box that is refused among good ones. */
const spoilt = [
  [good, other, none],
  [good, foreign, other],
  [none, none, none],
]

/** The same without it. */
const sound = spoilt.with(1, [good, other, none])

/** A loss and all that it can tell, from boxes or from their labels. */
async function lossFrom(from: 'fromBoxes' | 'fromLabels', options: ConfigInput, scene: BoxScene): Promise<Outputs> {
  const { labels, padding, badBoxes } = scene
  const losses = lossesOf({ ...tables, ...everything, ...options }, { labels, padding, badBoxes })
  return losses[from](scene, 11).finally(() => losses.release())
}

const numbers = (outputs: Outputs, name: RegExp): number[] =>
  [...outputs].flatMap(([key, { data }]) => (name.test(key) ? Array.from(data, Number) : []))

const terms = /^(xy|wh|conf|class)_|^loss$/
const counts = /^(ignore|positives|ignored|zero_size|ignore_mask)_/

describe.each(['compact', 'loop', 'static'])('%s: a refused box among good ones', (form) => {
  const sizes = { form, ...sizesOf(form, 3, 3) }
  const apart = form === 'static' ? far : unlike

  it.each([{}, { reduction: 'sum' }, { normalizer: true }])(
    'makes the loss and all its terms and derivatives NaN: %j',
    async (options) => {
      const outputs = await lossFrom('fromBoxes', { ...sizes, ...options }, sceneOf(spoilt))
      for (const name of [terms, /^grad_/, /^(entropy_floor|excess)$/])
        expect(numbers(outputs, name).every(Number.isNaN)).toBe(true)
      expect(numbers(outputs, terms)).toHaveLength(13)
      expect(numbers(outputs, counts).some(Number.isNaN)).toBe(false)
      expect(numbers(outputs, /refused$/)).toEqual([1, 4])
    },
  )

  it('without a reduction, makes the loss of its own image NaN, and all derivatives', async () => {
    const outputs = await lossFrom('fromBoxes', { ...sizes, reduction: 'none' }, sceneOf(spoilt))
    for (const [name, { data }] of outputs)
      if (terms.test(name))
        expect([name, Array.from(data, Number).map(Number.isNaN)]).toEqual([name, [false, true, false]])
    expect(numbers(outputs, /^grad_/).every(Number.isNaN)).toBe(true)
  })

  it('is left out where that is asked for', async () => {
    const outputs = await lossFrom('fromBoxes', sizes, sceneOf(spoilt, { ...reading, badBoxes: 'drop' }))
    expect(numbers(outputs, terms).every(Number.isFinite)).toBe(true)
    expect(numbers(outputs, /refused$/)).toEqual([1, 4])
    expect(apart(outputs, await lossFrom('fromLabels', sizes, sceneOf(sound)))).toEqual([])
  })

  it('is as if it had never been there where it is left out, whatever stands before it', async () => {
    const drop: Reading = { ...reading, badBoxes: 'drop' }
    const odd = [foreign, [good[0], good[1], good[0], good[3], 3], good.with(0, Number.NaN)] as Row[]
    for (const bad of odd) {
      const rows = [
        [good, none, bad],
        [bad, good, other],
        [bad, other, none],
        [none, bad, good],
      ]
      const left = [
        [good, none, none],
        [good, other, none],
        [other, none, none],
        [none, good, none],
      ]
      const options = { ...sizes, ...sizesOf(form, 4, 3), guard: true }
      const outputs = await lossFrom('fromBoxes', options, sceneOf(rows, drop))
      const wanted = await lossFrom('fromBoxes', options, sceneOf(left, drop))
      for (const [name, { data }] of wanted)
        if (!name.endsWith('refused')) expect([name, outputs.get(name)?.data]).toEqual([name, data])
      expect(numbers(outputs, /refused$/)).toEqual([4, 2])
    }
  })

  it('leaves no NaN behind where it is left out, whatever is wrong with it', async () => {
    const { NaN: none, POSITIVE_INFINITY: infinite } = Number
    const odd = [none, infinite, -infinite].flatMap((x) => [0, 1, 2, 3, 4].map((k) => good.with(k, x)))
    odd.push(good.with(2, 3e38), good.with(3, -3e38))
    const scene = sceneOf([[good, ...odd, other]], { labels: 'boxes', padding: 'anywhere', badBoxes: 'drop' })
    const options = { ...sizes, ...sizesOf(form, 1, odd.length + 2) }
    const outputs = await lossFrom('fromBoxes', options, scene)
    expect(numbers(outputs, /refused$/)).toEqual([odd.length, 1])
    expect(numbers(outputs, /./).every(Number.isFinite)).toBe(true)
    expect(apart(outputs, await lossFrom('fromLabels', options, scene))).toEqual([])
  })

  it('all rows zero: the loss of images without boxes', async () => {
    const [options, scene] = [{ ...sizes, ...sizesOf(form, 2, 1) }, sceneOf([[none], [none]])]
    const outputs = await lossFrom('fromBoxes', options, scene)
    expect(apart(outputs, await lossFrom('fromLabels', options, scene))).toEqual([])
    expect(numbers(outputs, /^positives_/)).toEqual([0, 0, 0])
  })
})

describe.each(['compact', 'loop'])('%s', (form) => {
  it.each(['batch-mean', 'none'])('no rows of boxes: the loss of images without boxes, %s', async (reduction) => {
    const [options, scene] = [{ form, reduction }, sceneOf([[], []])]
    const outputs = await lossFrom('fromBoxes', options, scene)
    expect(unlike(outputs, await lossFrom('fromLabels', options, scene))).toEqual([])
    expect(numbers(outputs, terms).every(Number.isFinite)).toBe(true)
    expect(numbers(outputs, /refused$/)).toEqual([0, -1])
  })

  // Diagnostics look for the largest of no numbers, from labels as well.
  it.each(['batch-mean', 'none'])('no images: the same as from labels, %s', async (reduction) => {
    const scene = { ...sceneOf([]), boxes: float32([0, 4, 5], []) }
    const options = { form, reduction, diagnostics: false }
    const outputs = await lossFrom('fromBoxes', options, scene)
    expect(unlike(outputs, await lossFrom('fromLabels', options, scene))).toEqual([])
    expect(numbers(outputs, /^loss$/)).toEqual(reduction === 'none' ? [] : [Number.NaN])
    expect(numbers(outputs, /refused$/)).toEqual([0, -1])
  })
})

it.each([
  [0, 4],
  [2, 0],
  [0, 0],
])('targets, compact, of %i images with %i rows are all zero', async (B, T) => {
  const bytes = graphBytes({ ...tables, input: size, graph: 'targets' })
  const outputs = await evaluateModel(bytes, { boxes: float32([B, T, 5], Array(B * T * 5).fill(0)) })
  expect(outputs.get('y_true_1')?.shape).toEqual([B, 4, 6, 3, 8])
  expect(numbers(outputs, /^y_true_/).every((x) => x === 0)).toBe(true)
  expect(numbers(outputs, /refused$/)).toEqual([0, -1])
})

describe.each(['compact', 'static'])('boxes of another shape, %s', (form) => {
  const bytes = graphBytes({ ...tables, input: size, graph: 'targets', form, batch: 2, maxBoxes: 3 })
  const shapes = [[2, 4, 5], [2, 2, 5], [2, 3, 6], [1, 3, 5], [2, 15]] // biome-ignore format: shapes
  const zeros = (shape: readonly number[]) => float32(shape, Array(shape.reduce((n, d) => n * d, 1)).fill(0))

  it.each(shapes.map((shape) => [shape]))('%j: refused for what it is', async (shape) => {
    await expect(evaluateModel(bytes, { boxes: zeros(shape) })).rejects.toThrow(
      `input "boxes" has the wrong shape: the model takes float32[2,3,5], got float32[${shape}]`,
    )
  })

  it('by onnxruntime itself too', async () => {
    const session = await InferenceSession.create(bytes)
    for (const shape of shapes) {
      const boxes = new OrtTensor('float32', zeros(shape).data, shape)
      await expect(session.run({ boxes })).rejects.toThrow(/boxes/)
    }
    await session.release()
  })
})

it('logits and boxes of unlike batches are refused', async () => {
  const feeds = {
    ...Object.fromEntries([1, 2, 4].map((k, l) => [`y_pred_${l}`, float32([1, k, k, 24], Array(k * k * 24).fill(0))])),
    boxes: float32([2, 1, 5], Array(10).fill(0)),
  }
  const run = evaluateModel(graphBytes({ ...tables, labels: 'boxes' }), feeds)
  await expect(run).rejects.toThrow(/input "boxes" has the wrong shape.*B=1/s)
})

it.each([{ maxBoxes: 0 }, { batch: 0 }])('the static form has no room for nothing: %j', (none) => {
  const config = { ...tables, form: 'static', labels: 'boxes', batch: 1, input: size, ...none }
  expect(() => resolveConfig(config)).toThrow(/must be a whole number of 1 or more, got 0/)
})
