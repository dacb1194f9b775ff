import { beforeAll, describe, expect, test } from 'vitest'
import { attachLoss } from '../../../src/attach/attach.js'
import { detachLoss } from '../../../src/attach/detach.js'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import { evaluateModel } from '../../../src/runtime/session.js'
import type { StepOptions } from '../../../src/train/step/options.js'
import { type TrainingStep, trainingStep } from '../../../src/train/step/step.js'
import { Random } from '../../../src/verify/cases/scene/random.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { TinyDetector, tinyConfig } from '../../attach/detector.js'

type Tensors = Record<string, Tensor>

const detector = new TinyDetector({ opset: 18, irVersion: 8 }).bytes()
const config = resolveConfig({ ...tinyConfig, batch: 2, input: [96, 64], labels: 'boxes', maxBoxes: 3 })

const random = new Random(5)
const image = float32(
  [2, 3, 96, 64],
  Array.from({ length: 2 * 3 * 96 * 64 }, () => random.normal(0, 1)),
)
const boxes = float32([2, 3, 5], [8, 8, 40, 50, 0, 20, 30, 60, 90, 1, 0, 0, 0, 0, 0, 2, 3, 12, 20, 1, 30, 10, 50, 60, 0, 0, 0, 0, 0, 0]) // biome-ignore format: one line
const fed = { image, boxes }

const rate = (r: number): Tensors => ({ rate: float32([], [r]) })

const made = (options: Partial<StepOptions> = {}) => trainingStep(detector, config, { optimizer: 'sgd', ...options })
const numbers = (v: Tensor | undefined) => Array.from((v as Tensor<'float32'>).data)
const lossOf = (out: Tensors) => numbers(out.loss)[0] as number

const evaluated = async (model: Uint8Array, feeds: Tensors): Promise<Tensors> =>
  Object.fromEntries(await evaluateModel(model, feeds))

/** Runs steps one after another, and gives what the last one hands out and what the next one would take. */
async function run(step: TrainingStep, steps: number, r = 1e-3, start = step.initial()) {
  let values: Tensors = { ...start, ...rate(r) }
  const losses: number[] = []
  let out: Tensors = {}
  for (let i = 0; i < steps; i++) {
    out = await evaluated(step.bytes, { ...fed, ...values })
    losses.push(lossOf(out))
    const next = Object.entries(out).flatMap(([name, v]) =>
      name.startsWith('next_') ? [[name.slice(5), v] as const] : [],
    )
    values = { ...values, ...Object.fromEntries(next) }
  }
  return { out, values, losses }
}

describe('a step of stochastic gradient descent', () => {
  const step = made()

  test('its loss is that of the detector with the loss attached', async () => {
    const attached = attachLoss(detector, config)
    const [a, b] = [await run(step, 1), await evaluated(attached.bytes, fed)]
    expect(a.losses[0]).toBe(lossOf(b))
  })

  test('the weights go against the gradient by its length, along which the loss falls as much', async () => {
    const h = 1e-4
    const plain = made({ settings: { momentum: 0 } })
    const start = plain.initial()
    const { values } = await run(plain, 1, h, start)
    const moved = plain.parameters.map((name) => {
      const [a, b] = [numbers(start[name]), numbers(values[name])]
      return a.reduce((sum, x, i) => sum + ((x - (b[i] as number)) / h) ** 2, 0)
    })
    const squared = moved.reduce((a, b) => a + b)
    const before = (await run(plain, 1, 0, start)).losses[0] as number
    const after = (await run(plain, 1, 0, values)).losses[0] as number
    expect((before - after) / h / squared).toBeCloseTo(1, 1)
  })

  test('many of them bring the loss down', async () => {
    const { losses } = await run(step, 30, 2e-4)
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 3)
  })
})
