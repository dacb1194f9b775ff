import { type AnyTensor, float32, Random, type Tensor } from '../../../src/io/index.js'
import { probe, type SemanticsInput } from '../../../src/reference/semantics/index.js'
import { type PixelBox, randomBoxes, type Size, scene } from '../../../src/verify/cases/scene/scene.js'
import type { SceneConfig } from '../../../src/verify/cases/scene/tensors.js'
import { readCase } from '../../../src/verify/cases/testcase.js'
import { boxesName, resolveConfig } from '../../../src/yolo/index.js'

/** What every program is given: logits and boxes, and the configuration that they are meant for. */
export interface Batch {
  readonly name: string
  readonly config: SceneConfig
  readonly size: Size
  /** `[B,h,w,A·(5+C)]`, the coarsest scale first. */
  readonly logits: readonly Tensor<'float32'>[]
  /** `[B,M,5]`: x1 y1 x2 y2 class in pixels of the network input, filled up with rows of zeros. */
  readonly boxes: Tensor<'float32'>
}

/** Fixtures made square, as Paddle's operator wants its inputs; no program takes weights of boxes or dense labels. */
const fixtures = [
  'two-boxes-one-cell',
  'tiny-345-123',
  'tiny-345-012',
  'iou-at-threshold',
  'all-background',
  'cross-scale',
  'cross-image',
  'real-coco',
]

const strideOfCoarsest = 32

async function ofFixture(folder: string, name: string): Promise<Batch> {
  const { info, dataSets } = await readCase(`${folder}/${name}-boxes`)
  const given = new Map<string, AnyTensor>(dataSets[0]?.inputs.map(({ name, tensor }) => [name, tensor]))
  const tensor = (key: string): Tensor<'float32'> => {
    const found = given.get(key)
    if (found?.dtype !== 'float32') throw new Error(`${folder}/${name}-boxes has no float32 ${key}`)
    return found as Tensor<'float32'>
  }
  const { anchors, anchorMask, classes, ignoreThreshold } = resolveConfig(info.config as object)
  const logits = anchorMask.map((_, l) => tensor(`y_pred_${l}`))
  const [, rows = 0, columns = 0] = logits[0]?.shape ?? []
  const size = [rows * strideOfCoarsest, columns * strideOfCoarsest] as const
  return { name, config: { anchors, anchorMask, classes, ignoreThreshold }, size, logits, boxes: tensor(boxesName) }
}

/** The batch on a square of its longer side: the cells that come along predict small boxes and little else. */
function squared({ logits, size, ...batch }: Batch): Batch {
  const random = new Random(strideOfCoarsest)
  const side = Math.max(...size)
  const grown = logits.map(({ shape, data }) => {
    const [images = 0, rows = 0, columns = 0, channels = 0] = shape
    const edge = Math.max(rows, columns)
    const at = (b: number, i: number, j: number, k: number) => ((b * rows + i) * columns + j) * channels + k
    const values: number[] = []
    for (let b = 0; b < images; b++)
      for (let i = 0; i < edge; i++)
        for (let j = 0; j < edge; j++)
          for (let k = 0; k < channels; k++)
            values.push(i < rows && j < columns ? (data[at(b, i, j, k)] as number) : random.normal(-2, 0.5))
    return float32([images, edge, edge, channels], values)
  })
  return { ...batch, size: [side, side], logits: grown }
}

/** Anchors from 4 to 100 pixels, in the order and the masks of YOLO v3. */
const anchors = [
  [5, 7],
  [8, 15],
  [17, 12],
  [15, 31],
  [31, 23],
  [30, 60],
  [58, 45],
  [78, 99],
  [100, 70],
] as const

const masks = [
  [6, 7, 8],
  [3, 4, 5],
  [0, 1, 2],
]

/** Corners at sixteenths of pixels: programs that cut centres to whole pixels find other targets there. */
function between(pixels: PixelBox, [height, width]: Size, random: Random): PixelBox {
  const moved = (at: number, most: number): number => {
    const sixteenth = random.integer(1, 15) / 16
    return at + sixteenth < most ? at + sixteenth : at - sixteenth
  }
  const [x1, y1, x2, y2, label] = pixels
  return [moved(x1, width), moved(y1, height), moved(x2, width), moved(y2, height), label]
}

interface Random_ {
  readonly name: string
  readonly seed: number
  readonly classes: number
  readonly ignoreThreshold: number
  readonly size: Size
  readonly counts: readonly number[]
}

/** Several images, one without boxes, boxes between pixels; and one class alone, for which some programs differ. */
const randoms: readonly Random_[] = [
  { name: 'random', seed: 181, classes: 4, ignoreThreshold: 0.5, size: [128, 128], counts: [6, 0, 9, 3] },
  { name: 'random-low-threshold', seed: 182, classes: 3, ignoreThreshold: 0.3, size: [96, 96], counts: [4, 7] },
  { name: 'one-class', seed: 183, classes: 1, ignoreThreshold: 0.6, size: [96, 96], counts: [5, 2] },
]

function ofRandom({ name, seed, classes, ignoreThreshold, size, counts }: Random_): Batch {
  const random = new Random(seed)
  const config = { anchors, anchorMask: masks, classes, ignoreThreshold }
  const images = counts.map((n) => randomBoxes(n, size, config, random).map((box) => between(box, size, random)))
  const { logits, boxes } = scene(images, size, config, random)
  return { name, config, size, logits, boxes: boxes as Tensor<'float32'> }
}

type Grid = SemanticsInput['logits'][number]

/** Boxes without their weights. */
function unweighted({ shape: [images = 0, count = 0, numbers = 5], data }: Grid): Grid {
  const rows = Array.from({ length: images * count }, (_, t) => Array.from(data.slice(numbers * t, numbers * t + 5)))
  return { shape: [images, count, 5], data: Float32Array.from(rows.flat()) }
}

/** The batch on which all rules show; `plain` has every anchor in one mask. */
function ofProbe(name: string, plain: boolean): Batch {
  const { anchors, anchorMask, classes, ignoreThreshold, logits, labels } = probe({ plain })
  const tensor = ({ shape, data }: Grid) => float32(shape, data)
  const [, rows = 0, columns = 0] = logits[0]?.shape ?? []
  return {
    name,
    config: { anchors, anchorMask, classes, ignoreThreshold },
    size: [rows * strideOfCoarsest, columns * strideOfCoarsest],
    logits: logits.map(tensor),
    boxes: tensor(unweighted(labels as Grid)),
  }
}

/** All batches, from the folder of the fixtures. */
export const batches = async (folder: string): Promise<Batch[]> => [
  ofProbe('probe', true),
  ofProbe('probe-odd-masks', false),
  ...randoms.map(ofRandom),
  await ofFixture(folder, 'non-square'),
  ...(await Promise.all(fixtures.map(async (name) => squared(await ofFixture(folder, name))))),
]
