import { describe, expect, test } from 'vitest'
import { attachLoss } from '../../../src/attach/attach.js'
import { detachLoss, replaceLoss } from '../../../src/attach/detach.js'
import { Random } from '../../../src/io/random.js'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import { evaluateModel } from '../../../src/runtime/session.js'
import type { StepOptions } from '../../../src/train/step/options.js'
import { type TrainingStep, trainingStep } from '../../../src/train/step/step.js'
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

  test('its pieces are joined only for whoever asks', () => {
    expect(Object.getOwnPropertyDescriptor(step, 'bytes')?.get).toBeTypeOf('function')
  })

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
    const { losses } = await run(step, 12, 5e-4)
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 2)
  })
})

/** What an optimizer makes of a gradient, in float64, as torch.optim has it. */
const formulas = {
  sgd: () => {
    let v = 0
    return (w: number, g: number, λ: number) => {
      v = 0.8 * v + g + λ * w
      return w - 0.01 * v
    }
  },
  adam: () => {
    const next = adamOf()
    return (w: number, g: number, λ: number) => w - 0.01 * next(g + λ * w)
  },
  adamw: () => {
    const next = adamOf()
    return (w: number, g: number, λ: number) => w * (1 - 0.01 * λ) - 0.01 * next(g)
  },
}

function adamOf() {
  let [m, v, t] = [0, 0, 0]
  return (g: number) => {
    t++
    m = 0.8 * m + 0.2 * g
    v = 0.9 * v + 0.1 * g * g
    return m / (1 - 0.8 ** t) / (Math.sqrt(v / (1 - 0.9 ** t)) + 1e-3)
  }
}

const settings = { momentum: 0.8, betas: [0.8, 0.9] as const, epsilon: 1e-3 }

/** Gradients of parameters as a step hands them out. */
async function gradientsAt(values: Tensors, names: readonly string[], options: Partial<StepOptions> = {}) {
  const step = made({ ...options, gradientsOnly: true })
  const taken = Object.entries(values).filter(([name]) => step.inputs.includes(name))
  const out = await evaluated(step.bytes, { ...fed, ...Object.fromEntries(taken) })
  return Object.fromEntries(names.map((name) => [name, numbers(out[`grad/${name}`])]))
}

describe.each(['sgd', 'adam', 'adamw'] as const)('%s', (optimizer) => {
  test('moves weights with decay and biases without it, three times, as its formula says', async () => {
    const step = made({ optimizer, settings, weightDecay: 0.1 })
    const names = step.parameters.filter((name) => name.includes('head'))
    const rules = new Map(
      names.map((name) => [name, numbers((step.initial() as Tensors)[name]).map(() => formulas[optimizer]())]),
    )
    let values: Tensors = step.initial() as Tensors
    for (let i = 0; i < 3; i++) {
      const gradients = await gradientsAt(values, names)
      const after = (await run(step, 1, 0.01, values)).values
      for (const name of names) {
        const λ = name.includes('weight') ? 0.1 : 0
        const [g, before] = [gradients[name] as number[], numbers(values[name])]
        const wanted = before.map(
          (w, k) => (rules.get(name) as ((...x: number[]) => number)[])[k]?.(w, g[k] as number, λ) as number,
        )
        expect(largest(numbers(after[name]).map((w, k) => Math.abs(w - (wanted[k] as number))))).toBeLessThan(2e-6)
      }
      values = after
    }
  })
})

const largest = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), 0)

describe('options of a step', () => {
  const plain = { optimizer: 'sgd', settings: { momentum: 0 } } as const
  const moved = async (options: Partial<StepOptions>, steps = 1) => {
    const step = made({ ...plain, ...options })
    const start = step.initial()
    const { values, out } = await run(step, steps, 1e-3, start as Tensors)
    const way = (name: string) => numbers(values[name]).map((w, i) => w - (numbers(start[name])[i] as number))
    return { step, values, out, way }
  }
  const lengthOf = (ways: number[][]) => Math.sqrt(ways.flat().reduce((sum, x) => sum + x * x, 0))

  test('clipNorm: all gradients together are no longer than that', async () => {
    const { step, way } = await moved({ clipNorm: 3 })
    expect(lengthOf(step.parameters.map(way)) / 1e-3).toBeCloseTo(3, 3)
  })

  test('accumulate: weights move with the last of several steps, by the mean', async () => {
    const one = await moved({})
    const [half, both] = [await moved({ accumulate: 2 }), await moved({ accumulate: 2 }, 2)]
    expect(lengthOf(half.step.parameters.map(half.way))).toBe(0)
    const name = one.step.parameters[0] as string
    expect(both.way(name)).toEqual(one.way(name))
    expect(lengthOf([numbers(both.values[`accumulated/${name}`])])).toBe(0)
  })

  test('ema: an average of the weights goes along, from where they began', async () => {
    const { step, values, way } = await moved({ ema: 0.75 })
    const name = step.parameters[0] as string
    const wanted = numbers((step.initial() as Tensors)[name]).map((w, i) => w + 0.25 * (way(name)[i] as number))
    expect(largest(numbers(values[`ema/${name}`]).map((x, i) => Math.abs(x - (wanted[i] as number))))).toBeLessThan(
      1e-7,
    )
  })

  test('freeze, freezeAbove, only: what is frozen is no input', () => {
    const trained = (options: Partial<StepOptions>) => made(options).parameters
    expect(trained({ freeze: ['*bias'] }).every((name) => name.endsWith('weight'))).toBe(true)
    expect(trained({ freezeAbove: ['stage4/Conv'] }).some((name) => name.includes('stage'))).toBe(false)
    expect(trained({ only: 'heads' })).toEqual(
      ['head0', 'head1'].flatMap((h) => [`const/${h}.weight`, `const/${h}.bias`]),
    )
    expect(made({ freeze: ['*bias'] }).inputs).not.toContain('const/stage0.bias')
  })

  test('names and patterns that mean nothing are refused', () => {
    expect(() => made({ freeze: ['nothing*'] })).toThrow('no parameter matches "nothing*"')
    expect(() => made({ freezeAbove: ['stage4/Conf'] })).toThrow('did you mean "stage4/Conv"?')
    expect(() => made({ freeze: ['*'] })).toThrow('nothing is left to train')
  })

  test('open sizes are refused, with the flag that closes them', () => {
    const { batch: _, ...open } = config
    expect(() => trainingStep(detector, open, plain)).toThrow('give --batch')
    const sizes = new TinyDetector({ opset: 18, irVersion: 8, size: ['h', 'w'] }).bytes()
    const { input: __, ...loose } = config
    expect(() => trainingStep(sizes, loose, plain)).toThrow('give --input')
  })
})

describe('taking a step apart', () => {
  const step = made({ optimizer: 'adam' })
  const initial = step.initial()

  test('with the weights it began with the detector comes back, byte for byte', () => {
    expect(Buffer.compare(detachLoss(step.bytes, { weights: initial }).bytes, detector)).toBe(0)
  })

  test('with others only their numbers differ', () => {
    const name = step.parameters[0] as string
    const weights = {
      ...initial,
      [name]: float32(
        (initial[name] as Tensor).shape,
        numbers(initial[name]).map((x) => x + 1),
      ),
    }
    const { bytes } = detachLoss(step.bytes, { weights })
    const differing = [...bytes].filter((x, i) => x !== detector[i]).length
    expect(bytes.length).toBe(detector.length)
    expect(differing).toBeGreaterThan(0)
    expect(differing).toBeLessThanOrEqual(4 * numbers(initial[name]).length)
  })

  test('without them, or with some of another size, it is refused', () => {
    const name = step.parameters[0] as string
    expect(() => detachLoss(step.bytes)).toThrow('is kept beside the model')
    expect(() => detachLoss(step.bytes, { weights: {} })).toThrow('is not among the weights given')
    const short = { ...initial, [name]: float32([1], [0]) }
    expect(() => detachLoss(step.bytes, { weights: short })).toThrow('is float32[1], and was float32[')
  })

  test('in one file the weights stay, as defaults of its inputs', () => {
    const whole = made({ oneFile: true })
    expect(Buffer.compare(detachLoss(whole.bytes).bytes, detector)).toBe(0)
    expect(whole.inputs).toContain(whole.parameters[0])
  })

  test('a step is no detector, and is not replaced', () => {
    expect(() => trainingStep(step.bytes, config, { optimizer: 'sgd' })).toThrow('it has a loss already')
    expect(() => replaceLoss(step.bytes, config)).toThrow('it is a training step')
  })
})
