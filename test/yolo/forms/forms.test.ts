import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import { evaluateModel, openSession } from '../../../src/runtime/session.js'
import type { ConfigInput } from '../../../src/yolo/config/config.js'
import type { LayoutName } from '../../../src/yolo/config/vocabulary.js'
import { feedsOf, graphBytes } from '../../support/cases.js'
import { inLayout } from '../../support/forms.js'
import { config, images, type Scene, scenes, size } from '../../support/scenes.js'

const forms = ['compact', 'loop', 'static'] as const
const runs = { numRuns: 15, seed: 4 }
const close = 3e-6

const sizesFor = (form: string, batch: number): ConfigInput => (form === 'static' ? { batch, input: size } : {})

/** A graph on scenes of a fixed batch: its outputs as plain numbers. */
async function runner(form: (typeof forms)[number], batch: number, options: ConfigInput = {}) {
  const session = await openSession(graphBytes({ ...config, form, ...sizesFor(form, batch), ...options }))
  return async (scene: Scene, extra: Record<string, Tensor> = {}) => {
    const outputs = await session.run({ ...feedsOf(scene.logits, scene.labels), ...extra })
    return (name: string) => Array.from(outputs.get(name)?.data ?? [], Number)
  }
}

const relative = (a: number, b: number): number => Math.abs(a - b) / Math.max(Math.abs(b), 1e-6)
const largest = (a: readonly number[], b: readonly number[]): number =>
  Math.max(0, ...a.map((x, i) => Math.abs(x - (b[i] as number)) / Math.max(1, Math.abs(b[i] as number))))

describe('the forms', () => {
  it('give one loss, one gradient and one mask', async () => {
    const options = { gradients: true, masks: true, components: true }
    const [compact, ...others] = await Promise.all(forms.map((form) => runner(form, 2, options)))
    const outputs = [0, 1, 2].flatMap((l) => [`ignore_mask_${l}`, `grad_y_pred_${l}`])
    await fc.assert(
      fc.asyncProperty(scenes({ batch: 2 }), async (scene) => {
        const expected = await compact?.(scene)
        for (const other of others) {
          const got = await other(scene)
          expect(relative(got('loss')[0] as number, expected?.('loss')[0] as number)).toBeLessThan(close)
          for (const name of outputs) expect(largest(got(name), expected?.(name) ?? [])).toBeLessThan(close)
        }
      }),
      runs,
    )
  })

  it('static gives the same without a division, away from the threshold', async () => {
    const outputs = ['loss', 'ignore_mask_0', 'ignore_mask_1', 'ignore_mask_2']
    const [exact, free] = await Promise.all(
      [false, true].map((divisionFree) => runner('static', 2, { masks: true, divisionFree })),
    )
    await fc.assert(
      fc.asyncProperty(scenes({ batch: 2 }), async (scene) => {
        const [expected, got] = [await exact?.(scene), await free?.(scene)]
        for (const name of outputs) expect(got?.(name)).toEqual(expected?.(name))
      }),
      runs,
    )
  })

  it.each(forms)('%s does not care about the layout', async (form) => {
    const layouts: readonly LayoutName[] = ['nhwc', 'nchw', 'nachw', 'nahwc']
    const all = await Promise.all(layouts.map((layout) => runner(form, 2, { layout })))
    await fc.assert(
      fc.asyncProperty(scenes({ batch: 2 }), async (scene) => {
        const losses: number[] = []
        for (const [i, run] of all.entries()) {
          const logits = scene.logits.map((t) => inLayout(t, layouts[i] as LayoutName, 3))
          losses.push((await run({ ...scene, logits }))('loss')[0] as number)
        }
        for (const loss of losses) expect(relative(loss, losses[0] as number)).toBeLessThan(close)
      }),
      { ...runs, numRuns: 5 },
    )
  })

  it.each(forms)('%s: the losses of the images add up, one by one and in a batch', async (form) => {
    const [mean, each, sum, single] = await Promise.all([
      runner(form, 3),
      runner(form, 3, { reduction: 'none' }),
      runner(form, 3, { reduction: 'sum' }),
      runner(form, 1),
    ])
    await fc.assert(
      fc.asyncProperty(scenes({ batch: 3 }), async (scene) => {
        const losses = (await each(scene))('loss')
        const total = losses.reduce((a, b) => a + b)
        expect(losses).toHaveLength(3)
        expect(relative((await sum(scene))('loss')[0] as number, total)).toBeLessThan(close)
        expect(relative((await mean(scene))('loss')[0] as number, total / 3)).toBeLessThan(close)
        for (const [b, loss] of losses.entries())
          expect(relative((await single(images(scene, [b])))('loss')[0] as number, loss)).toBeLessThan(close)
      }),
      runs,
    )
  })

  it.each(forms)('%s: a normaliser of the batch size changes nothing, another one divides', async (form) => {
    const [mean, normalised] = await Promise.all([runner(form, 2), runner(form, 2, { normalizer: true })])
    await fc.assert(
      fc.asyncProperty(scenes({ batch: 2 }), async (scene) => {
        const loss = (await mean(scene))('loss')[0] as number
        const by = async (n: number) => (await normalised(scene, { normalizer: float32([], [n]) }))('loss')[0] as number
        expect(await by(2)).toBe(loss)
        expect(relative((await by(16)) * 8, loss)).toBeLessThan(close)
      }),
      { ...runs, numRuns: 5 },
    )
  })

  it.each(forms)('%s weighs the terms', async (form) => {
    const weights = { xy: 2, wh: 3, conf: 0.5, class: 4 }
    const [plain, weighted] = await Promise.all([
      runner(form, 2, { components: true }),
      runner(form, 2, { components: true, weights }),
    ])
    const [scene] = fc.sample(scenes({ batch: 2 }), { numRuns: 1, seed: 1 }) as [Scene]
    const [a, b] = [await plain(scene), await weighted(scene)]
    for (const [name, weight] of Object.entries(weights))
      for (const l of [0, 1, 2])
        expect(
          largest(
            b(`${name}_${l}`),
            a(`${name}_${l}`).map((x) => x * weight),
          ),
        ).toBeLessThan(close)
  })

  it.each(forms)('%s keeps the tail: 10,000 background logits at −18', async (form) => {
    const one = { anchors: [[30, 30]], anchorMask: [[0]], classes: 1, form, components: true }
    const bytes = graphBytes({ ...one, ...(form === 'static' ? { batch: 1, input: [3200, 3200] } : {}) })
    const feeds = feedsOf(
      [float32([1, 100, 100, 6], new Float32Array(60_000).fill(-18))],
      [float32([1, 100, 100, 1, 6], new Float32Array(60_000))],
    )
    const conf = Number((await evaluateModel(bytes, feeds)).get('conf_0')?.data[0])
    expect(relative(conf, 10_000 * Math.log1p(Math.exp(-18)))).toBeLessThan(1e-5)
  })

  it.each(forms)('%s gives a loss of shape [1] on request', async (form) => {
    const [scene] = fc.sample(scenes({ batch: 2 }), { numRuns: 1, seed: 1 }) as [Scene]
    const bytes = graphBytes({ ...config, form, ...sizesFor(form, 2), lossRank: 1 })
    expect((await evaluateModel(bytes, feedsOf(scene.logits, scene.labels))).get('loss')?.shape).toEqual([1])
  })
})

describe('the static form', () => {
  it('is NaN with more boxes than it has room for, and positives say why', async () => {
    const options = { components: true, gradients: true, maxBoxes: 1 }
    const run = await runner('static', 2, options)
    await fc.assert(
      fc.asyncProperty(scenes({ batch: 2, boxes: 6 }), async (scene) => {
        const got = await run(scene)
        const crowded = scene.labels.some(({ data, shape }) => mostPositives(data, shape) > 1)
        expect(Number.isNaN(got('loss')[0])).toBe(crowded)
        const positives = [0, 1, 2].map((l) => got(`positives_${l}`)[0])
        expect(positives).toEqual(scene.labels.map(({ data, shape }) => count(data, shape)))
      }),
      { ...runs, numRuns: 40 },
    )
  })
})

/** Positives of one image after another. */
function positivesByImage(data: Float32Array, shape: readonly number[]): number[] {
  const [b, d] = [shape[0] as number, shape.at(-1) as number]
  const flags = Array.from({ length: data.length / d }, (_, row) => (data[row * d + 4] === 0 ? 0 : 1))
  return Array.from({ length: b }, (_, i) =>
    flags.slice((i * flags.length) / b, ((i + 1) * flags.length) / b).reduce<number>((n, x) => n + x, 0),
  )
}

const mostPositives = (data: Float32Array, shape: readonly number[]) => Math.max(...positivesByImage(data, shape))
const count = (data: Float32Array, shape: readonly number[]) => positivesByImage(data, shape).reduce((a, b) => a + b)
