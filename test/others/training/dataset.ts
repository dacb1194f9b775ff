import { float32, type Tensor } from '../../../src/io/tensor.js'
import { yoloLoss } from '../../../src/reference/oracle.js'
import { Random } from '../../../src/io/random.js'
import { presets } from '../../../src/yolo/config/presets.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import type { Anchor } from '../../../src/yolo/config/vocabulary.js'
import { assignTargets } from '../../../src/yolo/labels/assign.js'
import { readFixture } from '../../support/cases.js'
import { tensorsOf } from '../../support/gradients.js'

/** Height and width of the images, unequal on purpose. */
export const size = [128, 160] as const
const [height, width] = size
const images = 8
const boxesAtMost = 4
const classes = 4

const shrunk = ([w, h]: Anchor): Anchor => [(w * width) / 416, (h * height) / 416]

/** Two scales; the tiny anchors, shrunk as the images are. */
export const config = resolveConfig({
  anchors: presets['yolov3-tiny-coco'].anchors.map(shrunk).map(([w, h]) => [Math.round(w), Math.round(h)]),
  ...{ anchorMask: [[3, 4, 5], [0, 1, 2]], classes, batch: images, input: size, layout: 'nchw' },
}) // biome-ignore format: one row

/** What a detector is trained on. */
export interface DataSet {
  /** RGB, `[B, 3, h, w]`. */
  readonly images: Tensor<'float32'>
  /** Rows of boxes, and the labels they make. */
  readonly boxes: Tensor<'float32'>
  readonly labels: readonly Tensor<'float32'>[]
  /** The least value of the loss for these labels. */
  readonly floor: number
}

/** Width and height of real boxes, as fractions of the image: those of the fixture made from COCO's sample boxes. */
async function realSizes(): Promise<(readonly [number, number])[]> {
  const { labels } = tensorsOf(await readFixture('real-coco'))
  return labels.flatMap(({ data, shape }) => {
    const channels = shape.at(-1) as number
    const rows = Array.from({ length: data.length / channels }, (_, i) => data.subarray(i * channels, i * channels + 5))
    return rows.filter((row) => row[4] === 1).map((row) => [row[2] as number, row[3] as number] as const)
  })
}

type PixelBox = readonly [x1: number, y1: number, x2: number, y2: number, label: number]

function placed([w, h]: readonly [number, number], label: number, random: Random): PixelBox {
  const [bw, bh] = [Math.max(4, Math.round(w * width)), Math.max(4, Math.round(h * height))]
  const [x, y] = [
    random.integer(0, width - 1 - Math.min(bw, width - 1)),
    random.integer(0, height - 1 - Math.min(bh, height - 1)),
  ]
  return [x, y, Math.min(x + bw, width - 1), Math.min(y + bh, height - 1), label]
}

/** Colours of the classes, red green blue. */
const colours = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]] as const // biome-ignore format: one row

/** Paints boxes onto noise, the large ones first. */
function paint(image: Float32Array, boxes: readonly PixelBox[], random: Random): void {
  for (let i = 0; i < image.length; i++) image[i] = random.normal(0, 0.1)
  const area = ([x1, y1, x2, y2]: PixelBox) => (x2 - x1) * (y2 - y1)
  for (const [x1, y1, x2, y2, label] of boxes.toSorted((a, b) => area(b) - area(a)))
    for (let c = 0; c < 3; c++)
      for (let y = y1; y < y2; y++)
        image.fill((colours[label]?.[c] ?? 0) - 0.5, (c * height + y) * width + x1, (c * height + y) * width + x2)
}

/** Seeded images of coloured boxes with the sizes of real ones. */
export async function dataSet(seed: number): Promise<DataSet> {
  const random = new Random(seed)
  const sizes = await realSizes()
  const pixels = float32([images, 3, height, width], new Float32Array(images * 3 * height * width))
  const table = float32([images, boxesAtMost, 5], new Float32Array(images * boxesAtMost * 5))
  for (let b = 0; b < images; b++) {
    const boxes = Array.from({ length: 1 + (b % boxesAtMost) }, () =>
      placed(random.pick(sizes), random.integer(0, classes - 1), random),
    )
    paint(pixels.data.subarray(b * 3 * height * width, (b + 1) * 3 * height * width), boxes, random)
    table.data.set(boxes.flat(), b * boxesAtMost * 5)
  }
  const labels = assignTargets(table, size, config)
  const logits = labels.map(({ shape: [b, h, w, a, d], data }) => ({
    shape: [b, h, w, (a as number) * (d as number)] as number[],
    data: new Float32Array(data.length),
  }))
  return { images: pixels, boxes: table, labels, floor: yoloLoss({ ...config, logits, labels }).entropyFloor }
}
