import { describe, expect, it } from 'vitest'
import { type AttachOptions, attachLoss } from '../../src/attach/attach.js'
import { detachLoss, replaceLoss } from '../../src/attach/detach.js'
import { trainingPlan } from '../../src/attach/training.js'
import { float32 } from '../../src/io/tensor.js'
import { readModel } from '../../src/onnx/proto/read.js'
import { evaluateModel } from '../../src/runtime/session.js'
import type { ConfigInput } from '../../src/yolo/config/config.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { checkAttached } from './compare.js'
import { type HeadForm, type TinyOptions, tinyConfig, tinyDetector } from './detector.js'
import { boxesOf, noise, tiny } from './given.js'

const forms: readonly ConfigInput[] = [
  { ...tinyConfig, form: 'compact' },
  { ...tinyConfig, form: 'static', batch: 2, input: [96, 64], maxBoxes: 7 },
]

/** Every form with each kind of boxes. */
const ways = forms.flatMap((form) => ['boxes', 'weighted-boxes'].map((labels): ConfigInput => ({ ...form, labels })))

const opsets = [11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25]
const flat = { heads: ['coarse', 'fine'], grids: [[3, 2], [6, 4]] } as const // biome-ignore format: a list
const heads: readonly (readonly [head: HeadForm, how: AttachOptions])[] = [
  ['nhwc', {}],
  ['nahwc', {}],
  ['nachw', {}],
  ['float16', {}],
  ['nhwac', { layout: 'nhwac' }],
  ['flat-hwa', { layout: 'flat-hwa', ...flat }],
  ['flat-ahw', { layout: 'flat-ahw', ...flat }],
]

const everything = { components: true, masks: true, diagnostics: true, gradients: true }

/** IR versions of the time of an opset. */
const dated = (opset: number): TinyOptions => ({ opset, irVersion: opset < 15 ? 6 : opset < 21 ? 8 : 10 })

const told = (outputs: ReadonlyMap<string, { readonly data: ArrayLike<unknown> }>) =>
  ['loss', 'boxes_refused', 'first_refused'].map((name) => outputs.get(name)?.data[0])

const inputsOf = (bytes: Uint8Array) =>
  Object.fromEntries(readModel(bytes, 'm').inputs.map(({ name, shape }) => [name, shape]))

describe.each(ways)('a loss from $labels, $form, attached to the tiny detector', (way) => {
  // Weights change nothing of the way that boxes take.
  const few = way.labels === 'weighted-boxes'
  const since = way.form === 'static' ? 12 : 11

  it.each(opsets.filter((opset) => (few ? [since, 25].includes(opset) : opset >= since)))(
    'is that from dense labels at opset %i',
    async (opset) => {
      const detector = tinyDetector(dated(opset))
      const { attached, outputs } = await checkAttached(detector, { config: { ...way, ...everything } })
      expect(attached.inputs).toEqual(['boxes'])
      expect(told(outputs).slice(1)).toEqual([0, -1])
      expect(Buffer.from(detachLoss(attached.bytes).bytes).equals(detector)).toBe(true)
    },
  )

  it.each(few ? heads.slice(0, 1) : heads)('reads %s heads', async (head, how) => {
    const detector = tinyDetector({ ...dated(17), head, batch: 2 })
    await checkAttached(detector, { ...how, config: { ...way, ...everything } })
  })

  it('alone, with Resize rewritten, is taken off again', async () => {
    const detector = tinyDetector(dated(17))
    const { attached, outputs } = await checkAttached(detector, { config: way, onlyLoss: true, rewriteResize: true })
    expect([...outputs.keys()]).toEqual(['loss', 'boxes_refused', 'first_refused'])
    expect(trainingPlan(attached.bytes).obstacles).toEqual([])
    expect(Buffer.from(detachLoss(attached.bytes).bytes).equals(detector)).toBe(true)
  })

  it('takes the place of one from dense labels, and gives it back', () => {
    const detector = tinyDetector()
    const [dense, own] = [tiny, resolveConfig(way)].map((config) =>
      attachLoss(detector, config, { heads: ['coarse', 'fine'], layout: 'nchw' }),
    ) as [ReturnType<typeof attachLoss>, ReturnType<typeof attachLoss>]
    expect(replaceLoss(dense.bytes, resolveConfig(way)).bytes).toEqual(own.bytes)
    expect(replaceLoss(own.bytes, tiny).bytes).toEqual(dense.bytes)
  })

  it('says which box it refused, and is NaN', async () => {
    const config = resolveConfig(way)
    const boxes = boxesOf(config, {})
    boxes.data[2 * (boxes.shape[2] as number)] = Number.NaN
    const { bytes } = attachLoss(tinyDetector(), config)
    expect(told(await evaluateModel(bytes, { image: noise({}), boxes }))).toEqual([Number.NaN, 1, 2])
    const dropped = attachLoss(tinyDetector(), resolveConfig({ ...way, badBoxes: 'drop' }))
    const [loss, ...refused] = told(await evaluateModel(dropped.bytes, { image: noise({}), boxes }))
    expect([Number.isFinite(loss), ...refused]).toEqual([true, 1, 2])
  })
})

describe('every output of a compact loss from boxes', () => {
  it.each<HeadForm>(['nchw', 'nhwc', 'float16'])('is bit for bit that from dense labels, %s heads', async (head) => {
    const detector = tinyDetector({ ...dated(17), head })
    const [dense, own] = await Promise.all(
      ['dense', 'boxes'].map((labels) => checkAttached(detector, { config: { ...tinyConfig, ...everything, labels } })),
    )
    for (const [name, tensor] of dense?.outputs ?? []) expect(own?.outputs.get(name), name).toEqual(tensor)
  })
})

describe('the sizes of boxes', () => {
  const boxes = { ...tinyConfig, labels: 'boxes' }

  it('are the detector’s batch, and a number of rows of their own', () => {
    const shapes = (detector: TinyOptions, more: ConfigInput = {}) =>
      inputsOf(attachLoss(tinyDetector(detector), resolveConfig({ ...boxes, ...more })).bytes).boxes
    expect(shapes({})).toEqual(['N', 'T', 5])
    expect(shapes({ batch: 3 })).toEqual([3, 'T', 5])
    expect(shapes({}, { maxBoxes: 6, labels: 'weighted-boxes' })).toEqual(['N', 6, 6])
    expect(shapes({ head: 'nhwc' })).toEqual(['N', 'T', 5])
    expect(shapes({ batch: 'T' })).toEqual(['T', 'yolov3_loss/T', 5])
  })

  it('leave batch and image open where the detector does', async () => {
    const detector = tinyDetector({ size: ['H', 'W'] })
    await checkAttached(detector, { size: [64, 128], batch: 3, config: { ...boxes, ...everything } })
  })

  it('may be none at all', async () => {
    const { bytes } = attachLoss(tinyDetector(), resolveConfig(boxes))
    const none = await evaluateModel(bytes, { image: noise({}), boxes: float32([2, 0, 5], []) })
    const zeros = await evaluateModel(bytes, { image: noise({}), boxes: float32([2, 1, 5], Array(10).fill(0)) })
    expect(none).toEqual(zeros)
  })
})

describe('names of boxes that the detector has already', () => {
  it('are left to it, inputs and outputs; ours get a prefix, which is told', async () => {
    const detector = tinyDetector({ image: 'boxes', names: ['boxes_refused', 'fine'] })
    const { attached } = await checkAttached(detector, {
      config: { ...tinyConfig, labels: 'boxes' },
      image: { boxes: noise({}) },
    })
    expect(attached.inputs).toEqual(['yolov3_loss/boxes'])
    expect(attached.outputs).toEqual(['loss', 'yolov3_loss/boxes_refused', 'first_refused'])
    expect(Object.fromEntries(attached.renamed)).toMatchObject({
      boxes: 'yolov3_loss/boxes',
      boxes_refused: 'yolov3_loss/boxes_refused',
    })
    expect(Buffer.from(detachLoss(attached.bytes).bytes).equals(detector)).toBe(true)
  })
})
