import { describe, expect, test } from 'vitest'
import { detachLoss } from '../../../src/attach/detach.js'
import { Random } from '../../../src/io/random.js'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import { readModel } from '../../../src/onnx/proto/read.js'
import { evaluateModel, openSession } from '../../../src/runtime/session.js'
import type { StepOptions } from '../../../src/train/step/options.js'
import { describeStep } from '../../../src/train/step/record.js'
import { type TrainingStep, trainingStep } from '../../../src/train/step/step.js'
import type { ConfigInput } from '../../../src/yolo/config/config.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { type TinyOptions, tinyConfig, tinyDetector } from '../../attach/detector.js'

type Tensors = Record<string, Tensor>
type Floats = Tensor<'float32'>

const count = 3
const detectorOf = (options: TinyOptions = {}) => tinyDetector({ opset: 18, irVersion: 8, norm: true, ...options })
const asBoxes = { labels: 'boxes', maxBoxes: 2 } as const
const configOf = (more: Partial<ConfigInput> = asBoxes) =>
  resolveConfig({ ...tinyConfig, batch: 1, input: [96, 64], ...more } as ConfigInput)

const random = new Random(23)
const drawn = (shape: readonly number[]) =>
  float32(
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal(0, 1)),
  )

/** Tensors of one step each, with a leading axis. */
const stacked = (each: readonly Floats[]): Floats =>
  float32(
    [each.length, ...(each[0] as Floats).shape],
    each.flatMap(({ data }) => [...data]),
  )

const turns = (make: (turn: number) => Floats) => Array.from({ length: count }, (_, turn) => make(turn))
const image = turns(() => drawn([1, 3, 96, 64]))
const boxes = turns((i) => float32([1, 2, 5], [8 + i, 8, 40, 50, 0, 20, 30, 60 - i, 90, 1]))
const labels = [
  turns(() => float32([1, 3, 2, 3, 7], new Float32Array(126))),
  turns(() => float32([1, 6, 4, 3, 7], new Float32Array(504))),
]
const rate = turns((i) => float32([], [1e-3 / (i + 1)]))

type Each = Readonly<Record<string, readonly Floats[]>>

const nextOf = (values: Tensors, out: ReadonlyMap<string, Tensor>): Tensors =>
  Object.fromEntries(Object.keys(values).map((name) => [name, out.get(`next_${name}`) as Tensor]))

/** Steps one by one. */
async function single(step: TrainingStep, each: Each) {
  let values = step.initial() as Tensors
  const outs: ReadonlyMap<string, Tensor>[] = []
  const session = await openSession(step.bytes)
  for (let turn = 0; turn < count; turn++) {
    const fed = Object.fromEntries(Object.entries(each).map(([name, all]) => [name, all[turn] as Tensor]))
    const out = await session.run({ ...fed, ...values })
    values = nextOf(values, out)
    outs.push(out)
  }
  await session.release()
  return { values, outs }
}

const inOne = (step: TrainingStep, each: Each) =>
  evaluateModel(step.bytes, {
    ...Object.fromEntries(Object.entries(each).map(([name, all]) => [name, stacked(all)])),
    ...(step.initial() as Tensors),
  })

describe('several steps of one run', () => {
  test.each<[string, Partial<StepOptions>, Each, TinyOptions, Partial<ConfigInput>]>([
    ['of sgd', {}, { image, boxes, rate }, {}, { ...asBoxes, components: true }],
    ['of adam, with everything along', { optimizer: 'adam', ema: 0.9, accumulate: 2, clipNorm: 5 }, { image, boxes, rate }, {}, asBoxes],
    ['with dense labels and the loss alone', { onlyLoss: true }, { image, y_true_0: labels[0], y_true_1: labels[1], rate } as Each, {}, { labels: 'dense' }],
    ['in a loss with loops', {}, { image, boxes, rate }, {}, { ...asBoxes, form: 'loop' }],
    ['of an export in training mode', {}, { image, boxes, rate }, { norm: 'training' }, asBoxes],
    ['of a head in pieces, of some parameters', { only: 'heads' }, { image, boxes, rate }, { head: 'nahwc' }, asBoxes],
  ])('are what as many runs are, bit for bit: %s', async (_, options, each, how, more) => {
    const detector = detectorOf(how)
    const make = (stepsPerRun?: number) =>
      trainingStep(detector, configOf(more), { optimizer: 'sgd', ...options, ...(stepsPerRun && { stepsPerRun }) })
    const [one, all] = [make(), make(count)]
    const { values, outs } = await single(one, each)
    const out = await inOne(all, each)
    for (const [name, value] of Object.entries(values)) expect([name, out.get(`next_${name}`)]).toEqual([name, value])
    for (const name of one.outputs.filter((n) => !n.startsWith('next_')))
      expect([name, out.get(name)?.data]).toEqual([name, stacked(outs.map((o) => o.get(name) as Floats)).data])
    expect(out.get('loss')?.shape).toEqual([count])
    const start = all.initial()
    expect(Buffer.compare(detachLoss(all.bytes, { weights: start }).bytes, detector)).toBe(0)
  }) // biome-ignore format: a table

  test('hand out what the detector does, of each step, unless only the loss is wanted', () => {
    const config = configOf()
    const made = (onlyLoss: boolean) =>
      trainingStep(detectorOf(), config, { optimizer: 'sgd', stepsPerRun: 2, onlyLoss })
    const shapeOf = (step: TrainingStep, name: string) =>
      readModel(step.bytes, 'step').outputs.find((o) => o.name === name)?.shape
    expect(shapeOf(made(false), 'fine')).toEqual([2, 1, 21, 6, 4])
    expect(shapeOf(made(true), 'fine')).toBeUndefined()
    const { inputs } = readModel(made(false).bytes, 'step')
    expect(['image', 'boxes', 'rate', 'step'].map((name) => inputs.find((v) => v.name === name)?.shape)).toEqual([
      [2, 1, 3, 96, 64],
      [2, 1, 2, 5],
      [2],
      [],
    ])
  })

  test('keep their initial weights in one file, and say how many they are', () => {
    const step = trainingStep(detectorOf(), configOf(), { optimizer: 'sgd', stepsPerRun: 2, oneFile: true })
    expect(Buffer.compare(detachLoss(step.bytes).bytes, detectorOf())).toBe(0)
    expect(describeStep(readModel(step.bytes, 'step'))?.settings).toMatchObject({ stepsPerRun: 2 })
  })

  test('are refused without an update, and for a count that is none', () => {
    const make = (options: Partial<StepOptions>) => () =>
      trainingStep(detectorOf(), configOf(), { optimizer: 'sgd', ...options })
    expect(make({ stepsPerRun: 2, gradientsOnly: true })).toThrow(
      'hands weights from step to step, but gradientsOnly updates none',
    )
    expect(make({ stepsPerRun: 0 })).toThrow('must be a whole number of 1 or more')
  })
})
