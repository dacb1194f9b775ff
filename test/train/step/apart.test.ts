import { describe, expect, test } from 'vitest'
import { Random } from '../../../src/io/random.js'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import { openSession, type Session } from '../../../src/runtime/session.js'
import type { StepOptions } from '../../../src/train/step/options.js'
import { type TrainingStep, trainingStep } from '../../../src/train/step/step.js'
import type { ConfigInput } from '../../../src/yolo/config/config.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { tinyConfig, tinyDetector } from '../../attach/detector.js'

type Floats = Tensor<'float32'>
type Tensors = Readonly<Record<string, Tensor>>

const detector = tinyDetector({ opset: 18, irVersion: 8, norm: true })
const configOf = (batch: number, more: Partial<ConfigInput> = {}) =>
  resolveConfig({ ...tinyConfig, batch, input: [96, 64], labels: 'boxes', maxBoxes: 2, ...more } as ConfigInput)

const random = new Random(29)
const size = 3 * 96 * 64
const image = float32(
  [4, 3, 96, 64],
  Array.from({ length: 4 * size }, () => random.normal(0, 1)),
)
const boxes = float32([4, 2, 5], [8, 8, 40, 50, 0, 20, 30, 60, 90, 1, 2, 3, 12, 20, 1, 0, 0, 0, 0, 0, 5, 9, 44, 38, 1, 1, 1, 30, 80, 0, 20, 20, 40, 40, 0, 0, 0, 0, 0, 0]) // biome-ignore format: a row an image

/** Images of the batch from one to before another. */
const part = (from: number, to: number) => ({
  image: float32([to - from, 3, 96, 64], image.data.slice(from * size, to * size)),
  boxes: float32([to - from, 2, 5], boxes.data.slice(from * 10, to * 10)),
})

const rate = { rate: float32([], [1e-3]) }
const steps = 4

const run = (session: Session, { inputs }: Pick<TrainingStep, 'inputs'>, feeds: Tensors) =>
  session.run(Object.fromEntries(Object.entries(feeds).filter(([name]) => ['image', ...inputs].includes(name))))

const next = (values: Tensors, out: ReadonlyMap<string, Tensor>): Tensors =>
  Object.fromEntries(Object.entries(values).map(([name, v]) => [name, out.get(`next_${name}`) ?? v]))

/** One process with the whole batch. */
async function together(options: StepOptions) {
  const step = trainingStep(detector, configOf(4), options)
  const session = await openSession(step.bytes)
  let values: Tensors = step.initial()
  for (let i = 0; i < steps; i++) values = next(values, await run(session, step, { ...part(0, 4), ...values, ...rate }))
  return { values, start: step.initial() as Tensors, step }
}

type Weighted = readonly [from: number, to: number, more: Tensors]

/** A process for each part of the batch, and an update by what they add up to. @param share of each gradient in the sum */
async function apart(options: StepOptions, parts: readonly Weighted[], share: number, more: Partial<ConfigInput> = {}) {
  const made = await Promise.all(
    parts.map(async ([from, to, fed]) => {
      const step = trainingStep(detector, configOf(to - from, more), { ...options, gradientsOnly: true })
      return { step, session: await openSession(step.bytes), fed: { ...part(from, to), ...fed } }
    }),
  )
  const { step } = made[0] as (typeof made)[number]
  const { update } = step
  if (!update) throw new Error('the step has no update')
  const updating = await openSession(update.bytes)
  let values: Tensors = step.initial()
  for (let i = 0; i < steps; i++) {
    const outs = await Promise.all(made.map((m) => run(m.session, m.step, { ...m.fed, ...values })))
    const gradients = step.parameters.map((name): [string, Floats] => {
      const all = outs.map((out) => out.get(`grad/${name}`) as Floats)
      const sums = (all[0] as Floats).data.map((_, k) => share * all.reduce((sum, g) => sum + (g.data[k] as number), 0))
      return [`grad/${name}`, float32((all[0] as Floats).shape, sums)]
    })
    values = next(values, await run(updating, update, { ...values, ...rate, ...Object.fromEntries(gradients) }))
  }
  return values
}

const lengthOf = (a: Tensors, b: Tensors, names: readonly string[]) =>
  Math.sqrt(
    names.reduce((sum, name) => {
      const [x, y] = [a[name] as Floats, b[name] as Floats]
      return sum + x.data.reduce((s, v, i) => s + (v - (y.data[i] as number)) ** 2, 0)
    }, 0),
  )

describe('gradients of two halves of a batch, averaged, and an update by them', () => {
  test.each<[string, Partial<StepOptions>]>([
    ['sgd', { weightDecay: 1e-2, clipNorm: 5 }],
    ['adamw', { optimizer: 'adamw', weightDecay: 1e-2, ema: 0.9, settings: { epsilon: 1e-3 } }],
  ])('are the step of the whole batch, to 1e-5 of the way of the weights: %s', async (_, more) => {
    const options: StepOptions = { optimizer: 'sgd', batchNorm: 'frozen', ...more }
    const whole = await together(options)
    const halves = await apart(options, [[0, 2, {}], [2, 4, {}]], 1 / 2) // biome-ignore format: a row
    const names = Object.keys(whole.start).filter((name) => name !== 'step')
    expect(Object.keys(halves).sort()).toEqual(Object.keys(whole.start).sort())
    expect(lengthOf(halves, whole.values, names)).toBeLessThan(1e-5 * lengthOf(whole.values, whole.start, names))
    const { parameters } = whole.step
    expect(lengthOf(halves, whole.values, parameters)).toBeLessThan(
      1e-5 * lengthOf(whole.values, whole.start, parameters),
    )
    expect(halves.step).toEqual(whole.values.step)
  })

  test('of parts that are not of one size add up where the normalizer is the whole batch', async () => {
    const options: StepOptions = { optimizer: 'sgd', batchNorm: 'frozen' }
    const whole = await together(options)
    const all = { normalizer: float32([], [4]) }
    const parts = await apart(options, [[0, 1, all], [1, 4, all]], 1, { normalizer: true }) // biome-ignore format: a row
    const { parameters } = whole.step
    expect(lengthOf(parts, whole.values, parameters)).toBeLessThan(
      1e-5 * lengthOf(whole.values, whole.start, parameters),
    )
  })

  test('accumulated by the update move weights with the last of several', async () => {
    const { update, initial } = trainingStep(detector, configOf(2), {
      optimizer: 'sgd',
      accumulate: 2,
      gradientsOnly: true,
    })
    expect(update?.inputs.filter((name) => name.startsWith('accumulated/'))).toHaveLength(26)
    expect(Object.keys(initial())).toContain('accumulated/const/head0.weight')
  })
})
