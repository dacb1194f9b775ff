import { describe, expect, test } from 'vitest'
import { detachLoss } from '../../../src/attach/detach.js'
import { Random } from '../../../src/io/random.js'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import { decodeModel } from '../../../src/onnx/proto/codec.js'
import { evaluateModel } from '../../../src/runtime/session.js'
import { type TrainingStep, trainingStep } from '../../../src/train/step/step.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { TinyDetector, tinyConfig } from '../../attach/detector.js'

const detector = new TinyDetector({ opset: 18, irVersion: 8, norm: true }).bytes()
const config = resolveConfig({ ...tinyConfig, batch: 2, input: [96, 64], labels: 'boxes', maxBoxes: 1 })
const plain = { optimizer: 'sgd' } as const

const random = new Random(11)
const image = float32(
  [2, 3, 96, 64],
  Array.from({ length: 2 * 3 * 96 * 64 }, () => random.normal(0, 1)),
)
const boxes = float32([2, 1, 5], [8, 8, 40, 50, 0, 2, 3, 12, 20, 1])

const normsOf = (model: Uint8Array) =>
  (decodeModel(model, 'step').graph?.node ?? []).filter(({ opType }) => opType === 'BatchNormalization')
const training = (model: Uint8Array) => normsOf(model).filter(({ output }) => output.length > 1).length

describe('batch norms of a step', () => {
  test('take the statistics of the batch, and carry the running ones along: old by 0.9, the biased variance by 0.1', async () => {
    const step = trainingStep(detector, config, plain)
    const out = await evaluateModel(step.bytes, { image, boxes, ...step.initial(), rate: float32([], [0]) } as never)
    expect(training(step.bytes)).toBe(5)
    expect(step.statistics).toHaveLength(10)
    const [mean, variance] = ['mean', 'var'].map((what) =>
      step.statistics.find((name) => name.includes(`norm0.${what}`)),
    )
    const numbers = (v: unknown) => Array.from((v as Tensor<'float32'>).data)
    const before = step.initial()
    const features = await firstConvolution()
    for (const [name, of] of [
      [mean, average],
      [variance, spread],
    ] as const) {
      const wanted = features.map(
        (values, c) => 0.9 * (numbers(before[name as string])[c] as number) + 0.1 * of(values),
      )
      const got = numbers(out.get(`next_${name}`))
      for (const [c, x] of wanted.entries()) expect(got[c]).toBeCloseTo(x, 5)
    }
  })

  test('keep theirs with batchNorm frozen, where scale and bias are frozen, and above what is frozen', () => {
    expect(training(trainingStep(detector, config, { ...plain, batchNorm: 'frozen' }).bytes)).toBe(0)
    const kept = trainingStep(detector, config, { ...plain, freeze: ['*norm1.scale', '*norm1.bias'] })
    expect(training(kept.bytes)).toBe(4)
    expect(
      training(trainingStep(detector, config, { ...plain, freezeAbove: ['norm2/BatchNormalization'] }).bytes),
    ).toBe(2)
    expect(training(trainingStep(detector, config, { ...plain, only: 'heads' }).bytes)).toBe(0)
  })

  test('of an export in training mode do the same, and keep their statistics where they are to', async () => {
    const exported = new TinyDetector({ opset: 18, irVersion: 8, norm: 'training' }).bytes()
    const [step, same] = [exported, detector].map((model) => trainingStep(model, config, plain)) as [
      TrainingStep,
      TrainingStep,
    ]
    const fed = { image, boxes, rate: float32([], [1e-3]) }
    const [a, b] = [
      await evaluateModel(step.bytes, { ...fed, ...step.initial() } as never),
      await evaluateModel(same.bytes, { ...fed, ...same.initial() } as never),
    ]
    for (const name of ['loss', ...step.parameters, ...step.statistics].map((n) => (n === 'loss' ? n : `next_${n}`)))
      expect(a.get(name)?.data).toEqual(b.get(name)?.data)
    const kept = trainingStep(exported, config, { ...plain, batchNorm: 'frozen' })
    expect(training(kept.bytes)).toBe(0)
    await evaluateModel(kept.bytes, { ...fed, ...kept.initial() } as never)
    expect(Buffer.compare(detachLoss(step.bytes, { weights: step.initial() }).bytes, exported)).toBe(0)
  })

  test('come back as they were when the step is taken apart', () => {
    const step = trainingStep(detector, config, plain)
    expect(Buffer.compare(detachLoss(step.bytes, { weights: step.initial() }).bytes, detector)).toBe(0)
  })

  test('are refused below opset 14, with a way out', () => {
    const old = new TinyDetector({ opset: 13, norm: true }).bytes()
    expect(() => trainingStep(old, config, plain)).toThrow('batch norms train from opset 14 on, and it has 13')
    expect(trainingStep(old, config, { ...plain, batchNorm: 'frozen' }).statistics).toEqual([])
  })
})

const average = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
const spread = (values: readonly number[]) => average(values.map((x) => (x - average(values)) ** 2))

/** What the first convolution makes of the images, by channel, in plain loops. */
async function firstConvolution(): Promise<number[][]> {
  const { initial } = trainingStep(detector, config, plain)
  const values = initial() as Record<string, Tensor<'float32'>>
  const named = (what: string) =>
    values[Object.keys(values).find((name) => name.endsWith(what)) as string] as Tensor<'float32'>
  const [weight, bias] = [named('stage0.weight').data, named('stage0.bias').data]
  const pixel = (b: number, c: number, y: number, x: number) =>
    y < 0 || x < 0 || y >= 96 || x >= 64 ? 0 : (image.data[((b * 3 + c) * 96 + y) * 64 + x] as number)
  const at = (b: number, o: number, y: number, x: number) => {
    let sum = bias[o] as number
    for (let c = 0; c < 3; c++)
      for (let k = 0; k < 9; k++)
        sum += (weight[(o * 3 + c) * 9 + k] as number) * pixel(b, c, 2 * y + Math.floor(k / 3) - 1, 2 * x + (k % 3) - 1)
    return sum
  }
  return Array.from({ length: bias.length }, (_, o) =>
    [0, 1].flatMap((b) => Array.from({ length: 48 * 32 }, (_, i) => at(b, o, Math.floor(i / 32), i % 32))),
  )
}
