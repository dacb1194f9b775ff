import { describe, expect, it } from 'vitest'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import { yoloLossGradients } from '../../../src/reference/gradients.js'
import { openSession } from '../../../src/runtime/session.js'
import type { ConfigInput } from '../../../src/yolo/config/config.js'
import { feedsOf, graphBytes } from '../../support/cases.js'
import { config as scene } from '../../support/scenes.js'

const forms = ['compact', 'static', 'loop'] as const
const anchors = 3
const channels = 5 + scene.classes
const grids = [
  [2, 3],
  [4, 6],
  [8, 12],
] as const

/** Inputs for one image of 64 × 96, made row by row. */
function inputs(fill: (row: { logits: Float32Array; labels: Float32Array; scale: number; index: number }) => void) {
  const tensors = grids.map(([h, w], scale) => {
    const logits = float32([1, h, w, anchors * channels], new Float32Array(h * w * anchors * channels))
    const labels = float32([1, h, w, anchors, channels], new Float32Array(h * w * anchors * channels))
    for (let index = 0; index < h * w * anchors; index++) {
      const part = (t: Tensor<'float32'>) => t.data.subarray(index * channels, (index + 1) * channels)
      fill({ logits: part(logits), labels: part(labels), scale, index })
    }
    return { logits, labels }
  })
  return { logits: tensors.map((t) => t.logits), labels: tensors.map((t) => t.labels) }
}

async function gradients(made: ReturnType<typeof inputs>, options: ConfigInput): Promise<Float32Array[]> {
  const fixed = options.form === 'static' ? { batch: 1, input: [64, 96] } : {}
  const session = await openSession(graphBytes({ ...scene, ...fixed, ...options, gradients: true }))
  const outputs = await session.run(feedsOf(made.logits, made.labels))
  await session.release()
  return grids.map((_, l) => outputs.get(`grad_y_pred_${l}`)?.data as Float32Array)
}

/** A box of the size of the anchor, a quarter into its cell. */
function label(labels: Float32Array, scale: number, index: number): void {
  const [h, w] = grids[scale] as readonly [number, number]
  const cell = Math.floor(index / anchors)
  const size = scene.anchors[scene.anchorMask[scale]?.[index % anchors] as number] as readonly [number, number]
  const centre = [((cell % w) + 0.25) / w, (Math.floor(cell / w) + 0.25) / h]
  labels.set([...centre, size[0] / 96, size[1] / 64, 1, 0, 1, 0])
}

describe.each(forms)('the gradient in the %s form', (form) => {
  it('keeps the tails of confidence and classes, from ±18 to ±80, to 1e-5 relative', async () => {
    const made = inputs(({ logits, labels, scale, index }) => {
      const object = index === 7
      if (object) label(labels, scale, index)
      const certain = 18 + ((index * 13 + scale) % 63)
      for (let k = 4; k < channels; k++) logits[k] = labels[k] ? certain : -certain
      logits.set([0.1, -0.2, -4, -4])
    })
    const expected = yoloLossGradients({ ...scene, ignoreThreshold: 0.5, ...made })
    const got = await gradients(made, { form })
    for (const [l, { values }] of expected.entries()) {
      const tails = [...values.keys()].filter((i) => i % channels >= 4 && values[i] !== 0)
      expect(tails.length).toBeGreaterThanOrEqual((values.length / channels) | 0)
      const errors = tails.map((i) => Math.abs((got[l]?.[i] as number) / (values[i] as number) - 1))
      expect(Math.max(...errors)).toBeLessThan(1e-5)
    }
  })

  it('at logit 0 is ½ − z exactly', async () => {
    const made = inputs(({ labels, scale, index }) => {
      if (index === 7) label(labels, scale, index)
    })
    const got = await gradients(made, { form, ignoreThreshold: 2 })
    for (const [l, { labels }] of made.labels.map((y) => ({ labels: y.data })).entries()) {
      const slope = (i: number) => (labels[i - (i % channels) + 4] ? 0.5 - (labels[i] as number) : 0)
      for (const [i, x] of (got[l] as Float32Array).entries()) {
        if (i % channels === 4) expect(x).toBe(0.5 - (labels[i] as number))
        if (i % channels > 4) expect(x + 0).toBe(slope(i))
        if (i % channels < 4 && !labels[i - (i % channels) + 4]) expect(x + 0).toBe(0)
      }
      const scale = 2 - (labels[7 * channels + 2] as number) * (labels[7 * channels + 3] as number)
      expect([...(got[l] as Float32Array).subarray(7 * channels, 7 * channels + 2)]).toEqual([
        expect.closeTo(scale * 0.25, 5),
        expect.closeTo(scale * 0.25, 5),
      ])
    }
  })

  it('is finite where the predicted size overflows', async () => {
    const made = inputs(({ logits, labels, scale, index }) => {
      if (index === 7) label(labels, scale, index)
      logits.fill(0).set([0, 0, 100, 100], 0)
    })
    for (const values of await gradients(made, { form })) expect(values.every(Number.isFinite)).toBe(true)
  })

  it('in guard mode is 0 for a size without logarithm', async () => {
    const made = inputs(({ labels, scale, index }) => {
      if (index !== 7) return
      label(labels, scale, index)
      labels[2] = 0
    })
    for (const values of await gradients(made, { form, guard: true })) {
      expect(values.every(Number.isFinite)).toBe(true)
      expect((values[7 * channels + 2] as number) + 0).toBe(0)
    }
  })
})
