import { describe, expect, it } from 'vitest'
import { float32, type Tensor } from '../../src/io/tensor.js'
import { Graph } from '../../src/onnx/graph/graph.js'
import type { Model } from '../../src/onnx/graph/model.js'
import { encodeModel } from '../../src/onnx/proto/encode.js'
import { evaluate } from '../../src/runtime/evaluate.js'
import { evaluateModel } from '../../src/runtime/session.js'
import { adam, sgd, updateOf } from '../../src/train/carried.js'
import { headTraining } from '../../src/train/heads.js'
import { pointwise, pointwiseGradient } from '../../src/train/pointwise.js'
import type { ConfigInput } from '../../src/yolo/config/config.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { assignTargets } from '../../src/yolo/labels/assign.js'

const fixed = {
  preset: 'yolov3-tiny-coco',
  classes: 2,
  batch: 2,
  input: [64, 96],
  layout: 'nchw',
} satisfies ConfigInput

const ramp = (shape: readonly number[], step: number) =>
  float32(
    shape,
    Array.from({ length: shape.reduce((n, d) => n * d, 1) }, (_, i) => ((i * step) % 7) - 3),
  )

describe('a 1×1 convolution', () => {
  const [B, I, O, H, W] = [2, 3, 4, 2, 3] as const
  const [x, g] = [ramp([B, I, H, W], 5), ramp([B, O, H, W], 3)]
  const [weight, bias] = [ramp([O, I], 2), ramp([O], 4)]
  const cells = H * W
  const at = (t: { data: Float32Array }, i: number) => t.data[i] as number

  it('is W·x + b in every cell', async () => {
    const graph = new Graph()
    const operands = { weight: graph.input('weight', 'float32', [O, I]), bias: graph.input('bias', 'float32', [O]) }
    const y = pointwise(graph.input('x', 'float32', [B, I, H, W]), operands)
    const { data } = await evaluate(y, { x, weight, bias })
    for (let b = 0; b < B; b++)
      for (let o = 0; o < O; o++)
        for (let n = 0; n < cells; n++) {
          let sum = at(bias, o)
          for (let i = 0; i < I; i++) sum += at(weight, o * I + i) * at(x, (b * I + i) * cells + n)
          expect(data[(b * O + o) * cells + n]).toBeCloseTo(sum, 5)
        }
  })

  it('has the gradients of its weight and bias', async () => {
    const graph = new Graph()
    const inputs = [graph.input('x', 'float32', [B, I, H, W]), graph.input('g', 'float32', [B, O, H, W])] as const
    const gradient = pointwiseGradient(...inputs)
    const dW = await evaluate(gradient.weight, { x, g })
    const db = await evaluate(gradient.bias, { g })
    for (let o = 0; o < O; o++) {
      const slopes = Array(I).fill(0)
      let sum = 0
      for (let b = 0; b < B; b++)
        for (let n = 0; n < cells; n++) {
          const slope = at(g, (b * O + o) * cells + n)
          sum += slope
          for (let i = 0; i < I; i++) slopes[i] += slope * at(x, (b * I + i) * cells + n)
        }
      expect(db.data[o]).toBeCloseTo(sum, 4)
      for (let i = 0; i < I; i++) expect(dW.data[o * I + i]).toBeCloseTo(slopes[i], 4)
    }
  })
})

describe('an optimizer', () => {
  it('with momentum goes on where it went', async () => {
    const graph = new Graph()
    const [w, g] = [graph.input('w0', 'float32', [1]), graph.input('g', 'float32', [1])]
    const next = updateOf(graph, sgd).update('w', w, g, graph.scalar(0.5, 'float32'))
    const feeds = { w0: float32([1], [1]), g: float32([1], [2]), velocity_w: float32([1], [10]) }
    expect((await evaluate(next.w as typeof w, feeds)).data[0]).toBeCloseTo(1 - 0.5 * (0.9 * 10 + 2), 5)
  })

  it('Adam takes a first step of the rate, whatever the gradient', async () => {
    const graph = new Graph()
    const [w, g] = [graph.input('w0', 'float32', [2]), graph.input('g', 'float32', [2])]
    const next = updateOf(graph, adam).update('w', w, g, graph.scalar(0.25, 'float32'))
    const zero = float32([2], [0, 0])
    const one = float32([], [1])
    const feeds = {
      w0: zero,
      g: float32([2], [100, -0.01]),
      mean_w: zero,
      square_w: zero,
      beta1_power: one,
      beta2_power: one,
    }
    expect([...(await evaluate(next.w as typeof w, feeds)).data]).toEqual([
      expect.closeTo(-0.25, 4),
      expect.closeTo(0.25, 4),
    ])
  })
})

/** Runs a model with those of the values that it takes. */
async function fed(model: Model, values: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
  const inputs = model.body.inputs.map(({ name }) => [name, values[name] as Tensor] as const)
  return Object.fromEntries(await evaluateModel(encodeModel(model), Object.fromEntries(inputs)))
}

describe('models that train heads', () => {
  it('name what goes from step to step', () => {
    const { update, parameters, state } = headTraining(resolveConfig(fixed), [8, 6], adam)
    const carried = [...parameters, ...state].map((v) => `next_${v.name}`)
    expect(update.body.outputs.map((v) => v.name).sort()).toEqual(carried.sort())
    expect(parameters.map((v) => [v.name, v.shape])).toEqual([
      ['weight_0', [21, 8]],
      ['bias_0', [21]],
      ['weight_1', [21, 6]],
      ['bias_1', [21]],
    ])
  })

  it.each(['compact', 'static'])('learn from boxes what they learn from labels: %s', async (form) => {
    const of = (config: ConfigInput) => headTraining(resolveConfig({ ...fixed, form, ...config }), [8, 6], sgd)
    const [own, dense] = [of({ labels: 'boxes', maxBoxes: 3 }), of({})]
    const boxes = float32([2, 3, 5], [8, 4, 60, 50, 1, 2, 30, 20, 45, 0, ...Array(5).fill(0), 40, 9, 70, 20, 1, ...Array(10).fill(0)]) // biome-ignore format: rows
    const { anchors, anchorMask, classes } = resolveConfig(fixed)
    const labels = assignTargets(boxes, [64, 96], { anchors, anchorMask, classes })
    const logits = Object.fromEntries(
      [ramp([2, 21, 2, 3], 5), ramp([2, 21, 4, 6], 3)].map((t, l) => [`y_pred_${l}`, t]),
    )
    const run = (model: Model, feeds: object) => evaluateModel(encodeModel(model), { ...logits, ...feeds })
    const named = Object.fromEntries(labels.map((y, l) => [`y_true_${l}`, y]))
    const [got, want] = [await run(own.loss, { boxes }), await run(dense.loss, named)]
    for (const l of [0, 1]) {
      const [slopes, known] = [got, want].map((outputs) => [...(outputs.get(`grad_y_pred_${l}`)?.data ?? [])])
      expect(slopes).toEqual(known?.map((x) => expect.closeTo(Number(x), 6)))
    }
    expect([got.get('boxes_refused')?.data[0], own.loss.body.inputs.at(-1)?.shape]).toEqual([0, [2, 3, 5]])
    const written = [own, dense].map(({ forward, update }) => [forward, update].map((m) => encodeModel(m)))
    expect(written[0]).toEqual(written[1])
  })

  const learned = [
    ['compact', {}],
    ['loop', { form: 'loop', components: true, lossRank: 1 }],
    ['static', { form: 'static', labels: 'boxes', maxBoxes: 2, diagnostics: true, masks: true }],
    ['compact, opset 13', { opset: 13, labels: 'boxes', normalizer: true }],
  ] satisfies [string, ConfigInput][]
  it.each(learned.flatMap((row) => [adam, sgd].map((optimizer) => [...row, optimizer] as const)))(
    'are one model too, which gives what they give one after another, bit for bit: %s',
    async (_, change, optimizer) => {
      const training = headTraining(resolveConfig({ ...fixed, ...change }), [8, 6], optimizer)
      const boxes = float32([2, 2, 5], [8, 4, 60, 50, 1, 2, 30, 20, 45, 0, 40, 9, 70, 20, 1, ...Array(5).fill(0)])
      const labels = assignTargets(boxes, [64, 96], resolveConfig(fixed)).map((y, l) => [`y_true_${l}`, y] as const)
      const features = { features_0: ramp([2, 8, 2, 3], 5), features_1: ramp([2, 6, 4, 6], 3) }
      const known = {
        boxes,
        ...Object.fromEntries(labels),
        ...features,
        rate: float32([], [0.01]),
        normalizer: float32([], [3]),
      }
      let [apart, whole] = [training.initial(3), training.initial(3)]
      const losses: number[] = []
      for (let step = 0; step < 3; step++) {
        const heads = await fed(training.forward, { ...known, ...apart })
        const loss = await fed(training.loss, { ...known, ...heads })
        const update = await fed(training.update, { ...known, ...apart, ...loss })
        const out = await fed(training.step, { ...known, ...whole })
        const told = Object.fromEntries(Object.entries(loss).filter(([name]) => !name.startsWith('grad_')))
        expect(out).toEqual({ ...told, ...update })
        ;[apart, whole] = [training.next(update), training.next(out)]
        losses.push(Number(out.loss?.data[0]))
      }
      expect(losses).toEqual(losses.toSorted((a, b) => b - a))
      expect(new Set(losses).size).toBe(3)
    },
  )

  it('begin with seeded weights, an objectness that hardly any anchor has, and zeros, ones of rank 0', () => {
    const { initial, parameters, state } = headTraining(resolveConfig(fixed), [8, 6], adam)
    const values = initial(7)
    expect(Object.entries(values).map(([name, { dtype, shape }]) => ({ name, dtype, shape }))).toEqual([...parameters, ...state]) // biome-ignore format: one line
    expect(values).toEqual(initial(7))
    expect(values.weight_0).not.toEqual(initial(8).weight_0)
    expect(initial()).toEqual(initial(0))
    expect([...(values.bias_1?.data ?? [])].filter((x) => Math.abs(Number(x) + 4.6) < 1e-6)).toHaveLength(3)
    expect(values.beta1_power?.data).toEqual(Float32Array.of(1))
    expect(values.mean_bias_0?.data).toEqual(new Float32Array(21))
  })

  it('refuse a seed that is none, and outputs that are not those of a step', () => {
    const { initial, next } = headTraining(resolveConfig(fixed), [8, 6], sgd)
    for (const seed of [-1, 0.5, 2 ** 32]) expect(() => initial(seed)).toThrow('must be a whole number from 0')
    expect(() => next({ loss: float32([], [1]) })).toThrow('outputs.next_weight_0: must be a tensor')
    expect(() => next(new Map() as never)).toThrow('next_weight_0')
  })

  it.each<[string, ConfigInput, number[]]>([
    ['batch', { batch: undefined }, [8, 6]],
    ['input', { input: undefined }, [8, 6]],
    ['layout', { layout: 'nhwc' }, [8, 6]],
    ['dtype', { dtype: 'float64' }, [8, 6]],
    ['anchorMask', {}, [8]],
    ['graph', { graph: 'targets' }, [8, 6]],
  ])('refuse what they cannot train: %s', (key, change, channels) => {
    expect(() => headTraining(resolveConfig({ ...fixed, ...change }), channels, sgd)).toThrow(`"${key}"`)
  })
})
