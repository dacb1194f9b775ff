import type { Tensor } from '../../src/io/tensor.js'
import { yoloLoss } from '../../src/reference/oracle.js'
import { Random } from '../../src/io/random.js'
import { boxTensor, type PixelBox, scene } from '../../src/verify/cases/scene/scene.js'
import type { Tensors } from '../../src/verify/cases/scene/tensors.js'
import type { ConfigInput, LossConfig } from '../../src/yolo/config/config.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'

/** What the loss is timed on: a batch of images with so many boxes each. */
export interface BenchCase {
  readonly name: string
  readonly preset: 'yolov3-coco' | 'yolov3-tiny-coco'
  readonly batch: number
  /** Boxes per image. */
  readonly boxes: number
  readonly classes: number
  /** Side of the square network input in pixels. */
  readonly size: number
}

/** The inputs of a case and what the loss must come to. */
export interface BenchData {
  readonly case: BenchCase
  readonly config: LossConfig
  /** What the labels are assigned from: `[B,T,5]`, rows `x1 y1 x2 y2 class` in pixels. */
  readonly boxes: Tensor<'float32'>
  readonly tensors: Tensors
  /** By the float64 oracle. */
  readonly loss: number
}

const full = { preset: 'yolov3-coco', classes: 80, size: 416 } as const

/** The cases of the table. */
export const cases: readonly BenchCase[] = [
  { ...full, name: '1/5', batch: 1, boxes: 5, classes: 1 },
  { ...full, name: '4/10', batch: 4, boxes: 10 },
  { ...full, name: '8/20', batch: 8, boxes: 20 },
  { ...full, name: '16/50', batch: 16, boxes: 50 },
  { ...full, name: '8/20@608', batch: 8, boxes: 20, size: 608 },
  { ...full, name: 'tiny', preset: 'yolov3-tiny-coco', batch: 8, boxes: 20 },
]

/** A case small enough for tests and `--quick`. */
export const quickCase: BenchCase = { ...full, name: 'quick', batch: 2, boxes: 4, classes: 3, size: 96 }

/** One size of 8/20 varied at a time, the others held. */
export const sweeps: Readonly<Record<string, readonly BenchCase[]>> = {
  batch: [1, 2, 4, 8, 16].map((batch) => ({ ...full, name: `${batch}`, batch, boxes: 20 })),
  boxes: [0, 5, 20, 50, 100].map((boxes) => ({ ...full, name: `${boxes}`, batch: 8, boxes })),
  classes: [1, 20, 40, 80].map((classes) => ({ ...full, name: `${classes}`, batch: 8, boxes: 20, classes })),
  size: [224, 320, 416, 512, 608].map((size) => ({ ...full, name: `${size}`, batch: 8, boxes: 20, size })),
}

/** What the options of a graph are added to. */
export const configOf = ({ preset, classes }: BenchCase): ConfigInput => ({ preset, classes })

export function makeData(bench: BenchCase): BenchData {
  const config = resolveConfig(configOf(bench))
  const random = new Random(bench.batch * 1009 + bench.boxes)
  const images = Array.from({ length: bench.batch }, () => boxesOf(bench, random))
  const tensors = scene(images, [bench.size, bench.size], config, random)
  const loss = yoloLoss({ ...config, ...tensors }).loss
  return { case: bench, config, boxes: boxTensor(images), tensors, loss }
}

// Of the 734 sample boxes of the COCO API, on a canvas of 640 pixels: mean and deviation of ln(w/640) and ln(h/640),
// their correlation, and the share of the commonest class.
const width = { mean: -2.576, deviation: 1.129 }
const height = { mean: -2.418, deviation: 1.1 }
const correlation = 0.761
const commonest = 0.274

/** Boxes with the sizes and classes that objects on photographs have. */
function boxesOf({ boxes, classes, size }: BenchCase, random: Random): PixelBox[] {
  return Array.from({ length: boxes }, () => {
    const first = random.normal(0, 1)
    const second = correlation * first + Math.sqrt(1 - correlation ** 2) * random.normal(0, 1)
    const [x1, x2] = interval(Math.exp(width.mean + width.deviation * first), size, random)
    const [y1, y2] = interval(Math.exp(height.mean + height.deviation * second), size, random)
    return [x1, y1, x2, y2, random.uniform() < commonest ? 0 : random.integer(0, classes - 1)] as const
  })
}

function interval(part: number, size: number, random: Random): [number, number] {
  const length = Math.min(Math.max(Math.round(part * size), 2), size - 2)
  const from = random.integer(0, size - length)
  return [from, from + length]
}
