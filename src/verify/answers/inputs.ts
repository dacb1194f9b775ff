import { type AnyTensor, sizeOf } from '../../io/index.js'
import { type AssignInput, assignBoxes, type Grid, type OracleInput } from '../../reference/index.js'
import type { Feeds } from '../../runtime/index.js'
import {
  boxEntries,
  boxesName,
  boxNumbers,
  coarsestStride,
  type LossConfig,
  layouts,
  ofScale,
} from '../../yolo/index.js'
import { elementAt } from '../compare/scalar.js'
import { type Sizes, sizesOf, toLabelOrder } from './layout.js'

/** The inputs of a loss as the oracle takes them, and the sizes of each head. */
export interface Asked {
  readonly input: OracleInput
  readonly sizes: readonly Sizes[]
  /** The graph's own divisor, where it has one as an input. */
  readonly normalizer: number | undefined
  /** Which boxes were refused, where labels are boxes. */
  readonly refusal: Refusal | undefined
  /** The labels of each scale that boxes make, where they are what is asked for. */
  readonly targets?: readonly Grid[]
}

/** Boxes that were refused. */
export interface Refusal {
  /** image·T + row of each, ascending. */
  readonly rows: readonly number[]
  /** Images whose loss is NaN for them. */
  readonly images: ReadonlySet<number>
}

/** Elements as numbers; undefined where they are none. */
function numbersOf(tensor: AnyTensor): Float32Array | Float64Array | undefined {
  const { data, dtype } = tensor
  if (dtype === 'float32' || dtype === 'float64') return data as Float32Array | Float64Array
  if (dtype !== 'float16') return undefined
  return Float32Array.from({ length: data.length }, (_, i) => Number(elementAt(tensor, i)))
}

/** Logits of one scale, `[B,h,w,A·(5+C)]`, with the sizes of their head. */
function logitsOf(config: LossConfig, tensor: AnyTensor | undefined, l: number) {
  const [layout, anchors] = [layouts[config.layout], config.anchorMask[l]?.length ?? 0]
  const sizes = tensor && sizesOf(tensor, layout, anchors)
  const numbers = tensor && numbersOf(tensor)
  if (!sizes || !numbers || sizes.d !== boxEntries + config.classes) return undefined
  const { b, h, w, a, d } = sizes
  return { sizes, grid: { shape: [b, h, w, a * d], data: toLabelOrder(numbers, layout, sizes) } }
}

type Found = NonNullable<ReturnType<typeof logitsOf>>

/** Labels of one scale; for a head alone, which has none, as many zeros. */
function labelsOf(config: LossConfig, tensor: AnyTensor | undefined, { b, h, w, a, d }: Sizes): Grid | undefined {
  const shape = [b, h, w, a, d]
  if (config.graph !== 'loss') return { shape, data: new Float32Array(sizeOf(shape)) }
  const data = tensor && numbersOf(tensor)
  return data && tensor?.shape.join() === shape.join() ? { shape, data } : undefined
}

/** The labels that boxes make for an input of this size; undefined for what is no such tensor. */
export function assigned(
  config: LossConfig,
  boxes: AnyTensor | undefined,
  input: AssignInput['input'],
): { readonly labels: readonly Grid[]; readonly refusal: Refusal } | undefined {
  const numbers = config.labels === 'boxes' ? boxNumbers : boxNumbers + 1
  const [, T = 0, width] = boxes?.shape ?? []
  if (boxes?.dtype !== 'float32' || boxes.shape.length !== 3 || width !== numbers) return undefined
  const { anchors, anchorMask, classes, padding, badBoxes } = config
  const grid = { shape: boxes.shape, data: boxes.data as Float32Array }
  const { labels, refused } = assignBoxes({ anchors, anchorMask, classes, padding, badBoxes, input, boxes: grid })
  const images = badBoxes === 'drop' ? [] : refused.map((place) => Math.floor(place / T))
  return { labels, refusal: { rows: refused, images: new Set(images) } }
}

function boxLabels(config: LossConfig, feeds: Feeds, found: readonly Found[]) {
  const { sizes } = found[0] as Found
  const made = assigned(config, feeds[boxesName], { width: sizes.w * coarsestStride, height: sizes.h * coarsestStride })
  const fits = made?.labels.every(({ shape }, l) => {
    const { b, h, w, a, d } = (found[l] as Found).sizes
    return shape.join() === [b, h, w, a, d].join()
  })
  return fits ? made : undefined
}

function denseLabels(config: LossConfig, feeds: Feeds, found: readonly Found[]) {
  const labels = found.map(({ sizes }, l) => labelsOf(config, feeds[ofScale('y_true', l)], sizes))
  return labels.every((grid) => grid !== undefined) ? { labels, refusal: undefined } : undefined
}

/** The targets of boxes in a fixed input. There is no loss: it has no scales. */
function askedTargets(config: LossConfig, feeds: Feeds): Asked | undefined {
  const [height = 0, width = 0] = config.input ?? []
  const made = assigned(config, feeds[boxesName], { width, height })
  if (!made) return undefined
  const { anchors, classes, ignoreThreshold } = config
  const input = { anchors, anchorMask: [], classes, ignoreThreshold, logits: [], labels: [] }
  const sizes = made.labels.map(({ shape: [b = 0, h = 0, w = 0, a = 0, d = 0] }) => ({ b, h, w, a, d }))
  return { input, sizes, normalizer: undefined, refusal: made.refusal, targets: made.labels }
}

/**
 * What the oracle is asked about a run, from its inputs by the names of our graphs.
 * @returns undefined for inputs that are not those of a loss of this configuration
 */
export function asked(config: LossConfig, feeds: Feeds): Asked | undefined {
  if (config.graph === 'targets') return askedTargets(config, feeds)
  const found = config.anchorMask.map((_, l) => logitsOf(config, feeds[ofScale('y_pred', l)], l))
  if (!found.every((own) => own !== undefined)) return undefined
  const truth = (config.labels === 'dense' ? denseLabels : boxLabels)(config, feeds, found)
  if (!truth) return undefined
  const { anchors, anchorMask, classes, ignoreThreshold, guard } = config
  const normalizer = feeds.normalizer && Number(elementAt(feeds.normalizer, 0))
  const logits = found.map(({ grid }) => grid)
  const input = { anchors, anchorMask, classes, ignoreThreshold, guard, logits, labels: truth.labels }
  const sizes = found.map((own) => own.sizes)
  return { input, sizes, normalizer: config.normalizer ? normalizer : undefined, refusal: truth.refusal }
}
