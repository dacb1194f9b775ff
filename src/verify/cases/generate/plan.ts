import type { ModelInfo } from '../../../onnx/index.js'
import { boxesName, coarsestStride, dimsOf, type LossConfig, layouts, ofScale } from '../../../yolo/index.js'
import type { Size } from '../scene/scene.js'
import { both, type Idea } from './canvas.js'
import { anchors, apart, sizesBeyond } from './ideas/boxes.js'
import { crowd } from './ideas/crowd.js'
import { edges } from './ideas/edges.js'
import { extreme, flat, odd, outside } from './ideas/odd.js'
import { reach } from './ideas/reach.js'
import { shifted } from './ideas/shifted.js'
import { everywhere, tails } from './ideas/tails.js'
import { threshold } from './ideas/threshold.js'
import { ties } from './ideas/ties.js'
import { empty, traps, untrained, withoutBoxes } from './ideas/traps.js'

/** What a graph leaves open, and what it does not. */
export interface Space {
  readonly batch: number | undefined
  readonly height: number | undefined
  readonly width: number | undefined
  /** Most boxes of an image and scale. */
  readonly limit: number
}

/** A batch to be made: an idea for each image. */
export interface Plan {
  readonly name: string
  readonly size: Size
  readonly ideas: readonly Idea[]
}

/** The sizes that the inputs of a graph have, by the names of our graphs. */
export function spaceOf({ inputs }: ModelInfo, config: LossConfig): Space {
  const labels = inputs.find(({ name }) => name === ofScale('y_true', 0))?.shape
  const logits = inputs.find(({ name }) => name === ofScale('y_pred', 0))?.shape
  const dims = dimsOf(layouts[config.layout])
  const fixed = (axis: 'b' | 'h' | 'w', i: number) => {
    const known = [labels?.[i], logits?.[dims.indexOf(axis)]].find((d) => typeof d === 'number')
    return typeof known === 'number' ? known : undefined
  }
  const [rows, columns] = [fixed('h', 1), fixed('w', 2)]
  if (config.graph === 'targets') return ofTargets(inputs, config)
  return {
    batch: fixed('b', 0),
    height: rows && rows * coarsestStride,
    width: columns && columns * coarsestStride,
    limit: config.maxBoxes ?? Number.POSITIVE_INFINITY,
  }
}

/** The sizes of boxes alone, for which the input is fixed. */
function ofTargets(inputs: ModelInfo['inputs'], { input, maxBoxes = Number.POSITIVE_INFINITY }: LossConfig): Space {
  const batch = inputs.find(({ name }) => name === boxesName)?.shape?.[0]
  return {
    batch: typeof batch === 'number' ? batch : undefined,
    height: input?.[0],
    width: input?.[1],
    limit: maxBoxes,
  }
}

/** Sizes where a graph leaves them open: neither square nor, but for ties, powers of two; and one of an odd number of cells. */
const openSizes = { ordinary: [96, 128], odd: [64, 128], small: [64, 96], least: [64, 64], row: [32, 96] } as const

/** Most images of a batch of equal logits, and most numbers that it may have without being asked. */
const manyImages = 64
const quickNumbers = 1 << 19
/** The same where time does not matter: sums of more than 4096 numbers at the coarsest scale as well. */
const thoroughImages = 352

/** Ideas whose losses are of one size, so that none hides another. */
const ordinary: readonly Idea[] = [
  traps,
  empty,
  both('anchors', anchors, edges),
  threshold,
  shifted,
  reach,
  both('apart', apart, sizesBeyond),
]
const oddities: readonly Idea[] = [ties, both('labels', odd, outside), crowd, everywhere(0), everywhere(1)]

/** The same in a dozen images, for a graph that takes one at a time. */
const oneByOne: readonly (readonly [Idea, Size])[] = [
  [traps, openSizes.ordinary],
  [both('anchors', anchors, edges), openSizes.ordinary],
  [threshold, openSizes.ordinary],
  [both('reach', shifted, reach), openSizes.ordinary],
  [both('apart', both('sizes', apart, sizesBeyond), crowd), openSizes.ordinary],
  [ties, openSizes.odd],
  [both('labels', odd, outside), openSizes.odd],
  [everywhere(0), openSizes.odd],
  [extreme, openSizes.small],
  [flat, openSizes.small],
  [tails, openSizes.row],
  [withoutBoxes(-0.3), openSizes.least],
]

/** Ideas in batches of the size that the graph has; the last one is filled up from the front. */
function inBatches(ideas: readonly Idea[], batch: number | undefined): (readonly Idea[])[] {
  if (batch === undefined) return [ideas]
  const count = Math.ceil(ideas.length / batch)
  return Array.from({ length: count }, (_, k) =>
    Array.from({ length: batch }, (_, i) => ideas[(k * batch + i) % ideas.length] as Idea),
  )
}

const nameOf = (ideas: readonly Idea[]): string => [...new Set(ideas.map(({ name }) => name))].join('+')

/**
 * The batches that show whether a graph computes the loss of a configuration: every idea once, at most a dozen batches.
 * @param thorough large batches also where they take long
 */
export function plansFor(space: Space, config: LossConfig, thorough = false): Plan[] {
  const { batch } = space
  const sized = ([h, w]: Size): Size => [space.height ?? h, space.width ?? w]
  const plan = (ideas: readonly Idea[], size: Size, name = nameOf(ideas)): Plan => ({ name, size: sized(size), ideas })
  const together = (ideas: readonly Idea[], size: Size, name?: string) =>
    inBatches(ideas, batch).map((own) => plan(own, size, batch === undefined ? name : undefined))
  if (batch === 1) return oneByOne.map(([idea, size]) => plan([idea], size))
  return [
    ...together(ordinary, openSizes.ordinary, 'boxes'),
    ...together(oddities, openSizes.odd, 'oddities'),
    ...together([extreme], openSizes.small),
    ...together([flat], openSizes.small),
    ...together([tails], openSizes.row),
    ...manyUntrained(space, config, thorough).map((ideas) => plan(ideas, openSizes.least, 'untrained')),
  ]
}

/** How many logits an image of some size has. */
export const numbersOf = ([h, w]: Size, { anchorMask, classes }: LossConfig): number =>
  anchorMask.reduce(
    (n, mask, l) => n + (h / coarsestStride) * (w / coarsestStride) * 4 ** l * mask.length * (5 + classes),
    0,
  )

/** A batch of equal logits, as large as it may be; float32 sums of equal terms err all to one side. */
function manyUntrained({ batch, height, width }: Space, config: LossConfig, thorough: boolean): (readonly Idea[])[] {
  const each = numbersOf([height ?? openSizes.least[0], width ?? openSizes.least[1]], config)
  const most = thorough ? thoroughImages : Math.max(1, Math.min(manyImages, Math.floor(quickNumbers / each)))
  return [Array.from({ length: batch ?? most }, () => untrained(-0.3))]
}
