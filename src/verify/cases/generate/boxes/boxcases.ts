import { float32, QuickRandom, type Random, type Tensor } from '../../../../io/index.js'
import type { ModelInfo } from '../../../../onnx/index.js'
import { boxesName, boxNumbers, coarsestStride, type LossConfig } from '../../../../yolo/index.js'
import { assigned } from '../../../answers/inputs.js'
import { detectQuickly } from '../../scene/detector.js'
import { zeros } from '../../scene/rows.js'
import type { Size } from '../../scene/scene.js'
import { settle } from '../../scene/settle.js'
import type { Tensors } from '../../scene/tensors.js'
import { inputsOf, roughened, rounding, type SetMaker } from '../case.js'
import { numbersOf, type Space, spaceOf } from '../plan.js'
import { type BoxIdea, sound, unsound } from './ideas.js'

/** A batch to be made: an idea for each image. */
interface BoxPlan {
  readonly name: string
  readonly size: Size
  readonly ideas: readonly BoxIdea[]
  /** Rows of each image. */
  readonly rows: number
}

/** Objectness of rows of weighted boxes, in turn. */
const weights = [1, 0.4, 1, 1.5, -1, 0, 0.3]

/** Most rows of an image where a graph leaves their number open. */
const openRows = 24

/** Rows of all images, filled up with zeros. */
function boxTable({ ideas, size, rows }: BoxPlan, config: LossConfig, random: Random): Tensor<'float32'> {
  const width = config.labels === 'weighted-boxes' ? boxNumbers + 1 : boxNumbers
  const data = new Float32Array(ideas.length * rows * width)
  for (const [image, idea] of ideas.entries())
    for (const [t, row] of idea.rows({ config, size, rows, random }).entries())
      data.set([...row, weights[t % weights.length] as number].slice(0, width), (image * rows + t) * width)
  return float32([ideas.length, rows, width], data)
}

/** Boxes, and what a half-trained detector makes of them. */
function paint(plan: BoxPlan, config: LossConfig, random: Random): Tensors {
  const boxes = boxTable(plan, config, random)
  const { logits } = zeros(config, plan.ideas.length, plan.size)
  const [height, width] = plan.size
  const made = assigned(config, boxes, { height, width })
  const labels = (made?.labels ?? []).map(({ shape, data }) => float32(shape, data))
  const tensors = { logits, labels, boxes }
  if (config.graph === 'targets') return tensors
  detectQuickly(tensors, config, random)
  // Nobody predicts the logarithm of a size of 0.
  for (const { data } of logits) for (const [i, x] of data.entries()) if (!Number.isFinite(x)) data[i] = -1.5
  roughened(tensors, rounding(config))
  settle(tensors, config, rounding(config))
  return tensors
}

function maker(name: string, plan: BoxPlan, seed: number, config: LossConfig): SetMaker {
  const make = () => ({ name, inputs: inputsOf(paint(plan, config, new QuickRandom(seed)), config), outputs: [] })
  return { name, numbers: 2 * plan.ideas.length * numbersOf(plan.size, config), make }
}

function sizeIn({ height, width }: Space, [h, w]: Size): Size {
  return [height ?? h, width ?? w]
}

const nameOf = (ideas: readonly BoxIdea[]): string => [...new Set(ideas.map(({ name }) => name))].join('+')

/** The ideas in batches of the size that the graph has; the last is filled up from the front. */
function batches(ideas: readonly BoxIdea[], batch = ideas.length): (readonly BoxIdea[])[] {
  return Array.from({ length: Math.ceil(ideas.length / batch) }, (_, k) =>
    Array.from({ length: batch }, (_, i) => ideas[(k * batch + i) % ideas.length] as BoxIdea),
  )
}

/** Rows that the graph takes of each image. */
const rowsIn = ({ inputs }: ModelInfo): number => {
  const rows = inputs.find(({ name }) => name === boxesName)?.shape?.[1]
  return typeof rows === 'number' ? rows : openRows
}

/** Hard cases of boxes for one graph: inputs only, what is expected of them the reference computes. */
export function boxCases(info: ModelInfo, config: LossConfig, seed: number): SetMaker[] {
  const space = spaceOf(info, config)
  const rows = rowsIn(info)
  const plans = [sound, ...unsound].flatMap((ideas) => batches(ideas, space.batch))
  return plans.map((ideas, i) => {
    const size = sizeIn(space, i % 2 === 0 ? [96, 160] : [128, 96])
    return maker(`generated-${seed}/${nameOf(ideas)}`, { name: '', size, ideas, rows }, seed * 1009 + i + 1, config)
  })
}

/** Largest grid and batch of a random scene whose sizes are open. */
const [mostCells, mostImages] = [6, 6]

/** So many random scenes of sound boxes. */
export function randomBoxCases(info: ModelInfo, config: LossConfig, count: number, seed: number): SetMaker[] {
  const space = spaceOf(info, config)
  return Array.from({ length: count }, (_, i) => {
    const own = seed * 7919 + i + 1
    const random = new QuickRandom(~own)
    const pixels = () => coarsestStride * random.integer(1, mostCells)
    const size = sizeIn(space, [pixels(), pixels()])
    const ideas = Array.from({ length: space.batch ?? random.integer(1, mostImages) }, () => random.pick(sound))
    return maker(`random/${seed}-${i}`, { name: 'random', size, ideas, rows: rowsIn(info) }, own, config)
  })
}
