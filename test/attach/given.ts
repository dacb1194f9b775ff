import type { HeadLayout } from '../../src/detector/layouts.js'
import { Random } from '../../src/io/random.js'
import { float32, type Tensor } from '../../src/io/tensor.js'
import { assignBoxes } from '../../src/reference/assign.js'
import { boxTensor, randomBoxes } from '../../src/verify/cases/scene/scene.js'
import type { LossConfig } from '../../src/yolo/config/config.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { assignTargets } from '../../src/yolo/labels/assign.js'
import { tinyConfig } from './detector.js'

export const tiny: LossConfig = resolveConfig(tinyConfig)

export interface Scene {
  readonly batch?: number
  /** Rows and columns of the image. */
  readonly size?: readonly [number, number]
  readonly seed?: number
}

/** An image of seeded noise, `[B, 3, H, W]`. */
export function noise({ batch = 2, size: [h, w] = [96, 64], seed = 1 }: Scene): Tensor<'float32'> {
  const random = new Random(seed)
  return float32(
    [batch, 3, h, w],
    Array.from({ length: batch * 3 * h * w }, () => random.uniform() * 2 - 1),
  )
}

/** Objectness of the boxes of an image, one after another. */
const weights = [1, 0.5, 0, 1.5, 1]

/** Seeded boxes, none in the second image, as the input of these labels and rows has them. */
export function boxesOf(config: LossConfig, { batch = 2, size = [96, 64], seed = 1 }: Scene): Tensor<'float32'> {
  const random = new Random(seed)
  const images = Array.from({ length: batch }, (_, b) => randomBoxes(b === 1 ? 0 : 5, size, config, random))
  const { data, shape } = boxTensor(images)
  const [T, wanted] = [shape[1] as number, config.maxBoxes ?? (shape[1] as number)]
  const rows = Array.from({ length: batch * wanted }, (_, i) => {
    const [b, t] = [Math.floor(i / wanted), i % wanted]
    const row = t < T ? [...data.subarray((b * T + t) * 5, (b * T + t + 1) * 5)] : [0, 0, 0, 0, 0]
    return config.labels === 'weighted-boxes' ? [...row, weights[t] ?? 0] : row
  })
  return float32([batch, wanted, rows[0]?.length ?? 5], rows.flat())
}

/** The same as dense labels, by input name. */
export function labelsOf(config: LossConfig, scene: Scene): Record<string, Tensor> {
  const size = scene.size ?? [96, 64]
  const boxes = boxesOf(config, scene)
  const named = (labels: readonly Tensor[]) => Object.fromEntries(labels.map((y, l) => [`y_true_${l}`, y]))
  if (config.labels !== 'weighted-boxes') return named(assignTargets(boxes, size, config))
  const [height, width] = size
  const { labels } = assignBoxes({ ...config, boxes, input: { height, width } })
  return named(labels.map(({ shape, data }) => float32(shape, data as Float32Array)))
}

/** What the loss is given beside the detector's image, in the order of its inputs. */
export const givenOf = (config: LossConfig, scene: Scene): readonly Tensor[] =>
  config.labels === 'dense' ? Object.values(labelsOf(config, scene)) : [boxesOf(config, scene)]

/** A half-precision number from its bits. */
function half(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023]
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25))
}

const numbersOf = (t: Tensor): number[] =>
  Array.from(t.data as Float32Array, (x) => (t.dtype === 'float16' ? half(x) : x))

/** A head as the oracle reads it, `[B, h, w, A·D]`, by plain loops over its layout. */
export function asGrid(head: Tensor, layout: HeadLayout, anchors: number, grid: readonly [number, number]) {
  const [h, w] = grid
  const values = numbersOf(head)
  const batch = head.shape[0] as number
  const entries = values.length / (batch * h * w * anchors)
  const place: Record<HeadLayout, (n: number, i: number, j: number, a: number, d: number) => number> = {
    nchw: (n, i, j, a, d) => ((n * anchors * entries + a * entries + d) * h + i) * w + j,
    nachw: (n, i, j, a, d) => (((n * anchors + a) * entries + d) * h + i) * w + j,
    nahwc: (n, i, j, a, d) => (((n * anchors + a) * h + i) * w + j) * entries + d,
    'flat-ahw': (n, i, j, a, d) => (((n * anchors + a) * h + i) * w + j) * entries + d,
    nhwc: (n, i, j, a, d) => ((n * h + i) * w + j) * anchors * entries + a * entries + d,
    nhwac: (n, i, j, a, d) => ((n * h + i) * w + j) * anchors * entries + a * entries + d,
    'flat-hwa': (n, i, j, a, d) => ((n * h + i) * w + j) * anchors * entries + a * entries + d,
  }
  const data = new Float64Array(values.length)
  let at = 0
  for (let n = 0; n < batch; n++)
    for (let i = 0; i < h; i++)
      for (let j = 0; j < w; j++)
        for (let a = 0; a < anchors; a++)
          for (let d = 0; d < entries; d++) data[at++] = values[place[layout](n, i, j, a, d)] as number
  return { shape: [batch, h, w, anchors * entries], data }
}
