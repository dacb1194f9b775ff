import { describe, expect, it } from 'vitest'
import { halfBits } from '../../../src/io/half.js'
import { type AnyTensor, Random } from '../../../src/io/index.js'
import { encodeModel } from '../../../src/onnx/index.js'
import { evaluateModel } from '../../../src/runtime/index.js'
import { besideReference } from '../../../src/verify/index.js'
import { sideOf } from '../../../src/view/index.js'
import { type ConfigInput, lossModel, resolveConfig } from '../../../src/yolo/index.js'
import { tinyConfig } from '../../attach/detector.js'

const storage = { float32: Float32Array, float64: Float64Array } as const
const outputs = { labels: 'boxes', gradients: true, masks: true, components: true, diagnostics: true } as const
const boxes = { dtype: 'float32', shape: [2, 2, 5], data: Float32Array.of(4, 4, 30, 50, 1, 5, 6, 20, 22, 0, 0, 0, 40, 40, 1, 0, 0, 0, 0, 0) } as const // biome-ignore format: one row

/** Logits in `[B,h,w,A·D]`, whatever the layout is to be. */
function logitsOf(config: ReturnType<typeof resolveConfig>): Record<string, AnyTensor> {
  const random = new Random(4)
  return Object.fromEntries(
    [2, 4].map((n, l) => {
      const plain = Array.from({ length: 2 * n * n * 21 }, () => Math.fround(Math.round(random.normal(0, 1) * 64) / 64))
      // Channels first is [B, A·D, h, w].
      const nchw = Array.from({ length: plain.length }, (_, i) => {
        const [b, c, place] = [Math.floor(i / (21 * n * n)), Math.floor(i / (n * n)) % 21, i % (n * n)]
        return plain[(b * n * n + place) * 21 + c] as number
      })
      const [values, shape] = config.layout === 'nchw' ? [nchw, [2, 21, n, n]] : [plain, [2, n, n, 21]]
      const data = config.dtype === 'float16' ? Uint16Array.from(values, halfBits) : storage[config.dtype].from(values)
      return [`y_pred_${l}`, { dtype: config.dtype, shape, data } as AnyTensor]
    }),
  )
}

async function run(more: ConfigInput, said: ConfigInput = {}) {
  const config = resolveConfig({ ...tinyConfig, ...outputs, ...more })
  const feeds = { ...logitsOf(config), boxes }
  const got = await evaluateModel(encodeModel(lossModel(config)), feeds)
  const claimed = resolveConfig({ ...config, ...said } as ConfigInput)
  return { config: claimed, feeds, beside: besideReference(claimed, feeds, got) }
}

describe('the outputs of a graph beside the reference', () => {
  it.each([{}, { layout: 'nchw' }, { dtype: 'float64' }, { dtype: 'float16' }, { reduction: 'none' }, { guard: true }])(
    'agree in every output and cell, with %o',
    async (more) => {
      const { beside } = await run(more as ConfigInput)
      expect(beside?.outputs.map(({ name }) => name)).toEqual(expect.arrayContaining(['loss', 'grad_y_pred_1', 'ignore_mask_0', 'entropy_floor'])) // biome-ignore format: one row
      expect(beside?.outputs.filter(({ differing }) => differing > 0)).toEqual([])
      expect(beside?.scales.flatMap(({ differs }) => [...differs])).toEqual([])
    },
  )

  it('are those of a page whatever layout and element type the logits have', async () => {
    const plain = await run({})
    const whole = sideOf({ name: 'plain', ...plain })
    for (const more of [{ layout: 'nchw' }, { dtype: 'float64' }, { dtype: 'float16' }] as const) {
      const side = sideOf({ name: 'other', ...(await run(more)) })
      expect(side.loss).toBe(whole.loss)
      expect(side.images.map(({ scales }) => scales.map(({ cells }) => cells?.conf))).toEqual(whole.images.map(({ scales }) => scales.map(({ cells }) => cells?.conf))) // biome-ignore format: one row
      for (const { shown } of side.images.flatMap(({ scales }) => scales))
        for (const { graph, gradient } of shown) expect(graph?.['grad t_x']).toBeCloseTo(gradient[0] ?? Number.NaN, 2)
    }
  })

  it('name the rows of which mask or gradient is another', async () => {
    const { beside } = await run({ layout: 'nchw', ignoreThreshold: 0.1 }, { ignoreThreshold: 0.9 })
    const masks = beside?.outputs.filter(({ name }) => name.startsWith('ignore_mask')) ?? []
    expect(masks.map(({ differing }) => differing)).toEqual(beside?.scales.map(({ differs }) => differs.length))
    expect(masks.reduce((n, { differing }) => n + differing, 0)).toBeGreaterThan(0)
    for (const { differs } of beside?.scales ?? []) expect([...differs]).toEqual([...differs].sort((a, b) => a - b))
  })

  it.each(['nhwc', 'nchw'] as const)(
    'leave out rows whose logits are no numbers, %s, and count them',
    async (layout) => {
      const config = resolveConfig({ ...tinyConfig, ...outputs, layout })
      const { y_pred_0, ...others } = logitsOf(config)
      const data = Float32Array.from(y_pred_0?.data as Float32Array)
      // Objectness of the first cell's second anchor.
      data[layout === 'nhwc' ? 7 + 4 : (7 + 4) * 4] = Number.NaN
      const feeds = { ...others, y_pred_0: { ...y_pred_0, data } as AnyTensor, boxes }
      const got = await evaluateModel(encodeModel(lossModel(config)), feeds)
      const gradient = (off: number) => {
        const { data: own, ...rest } = got.get('grad_y_pred_0') as AnyTensor
        const moved = Float32Array.from(own as Float32Array, (x, i) => (i === 0 ? x + off : x))
        return new Map([...got, ['grad_y_pred_0', { ...rest, data: moved } as AnyTensor]])
      }
      const fine = besideReference(config, feeds, gradient(0))
      expect(fine?.uncompared).toBe(1)
      expect(fine?.outputs.filter(({ differing }) => differing > 0)).toEqual([])
      expect(fine?.loss).toBeNaN()
      // The row before it is compared as ever.
      const off = besideReference(config, feeds, gradient(1))
      expect(off?.outputs.filter(({ differing }) => differing > 0).map(({ name, differing }) => [name, differing])).toEqual([['grad_y_pred_0', 1]]) // biome-ignore format: one row
      expect(off?.scales.map(({ differs }) => [...differs])).toEqual([[0], []])
    },
  )

  it('have the loss of all images together', async () => {
    const [mean, each] = [await run({}), await run({ reduction: 'none' })]
    expect(mean.beside?.loss).toBeCloseTo(sideOf({ name: 'mean', ...mean }).loss ?? Number.NaN, 4)
    expect(each.beside?.loss).toBeCloseTo(sideOf({ name: 'each', ...each }).loss ?? Number.NaN, 4)
    expect(mean.beside?.uncompared).toBe(0)
  })

  it('are nothing for the inputs of something else', () => {
    const config = resolveConfig({ ...tinyConfig, ...outputs })
    expect(besideReference(config, { boxes }, new Map())).toBeUndefined()
  })
})
