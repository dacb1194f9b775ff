import { type AnyTensor, sizeOf } from '../../io/index.js'
import type { Grid, OracleInput } from '../../reference/index.js'
import type { Feeds } from '../../runtime/index.js'
import { boxEntries, type LossConfig, layouts, ofScale } from '../../yolo/index.js'
import { elementAt } from '../compare/scalar.js'
import { type Sizes, sizesOf, toLabelOrder } from './layout.js'

/** The inputs of a loss as the oracle takes them, and the sizes of each head. */
export interface Asked {
  readonly input: OracleInput
  readonly sizes: readonly Sizes[]
  /** The graph's own divisor, where it has one as an input. */
  readonly normalizer: number | undefined
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

/** Labels of one scale; for a head alone, which has none, as many zeros. */
function labelsOf(config: LossConfig, tensor: AnyTensor | undefined, { b, h, w, a, d }: Sizes): Grid | undefined {
  const shape = [b, h, w, a, d]
  if (config.graph !== 'loss') return { shape, data: new Float32Array(sizeOf(shape)) }
  const data = tensor && numbersOf(tensor)
  return data && tensor?.shape.join() === shape.join() ? { shape, data } : undefined
}

/**
 * What the oracle is asked about a run, from its inputs by the names of our graphs.
 * @returns undefined for inputs that are not those of a loss of this configuration
 */
export function asked(config: LossConfig, feeds: Feeds): Asked | undefined {
  const logits = config.anchorMask.map((_, l) => logitsOf(config, feeds[ofScale('y_pred', l)], l))
  const labels = logits.map((found, l) => found && labelsOf(config, feeds[ofScale('y_true', l)], found.sizes))
  if (!logits.every((found) => found !== undefined) || !labels.every((found) => found !== undefined)) return undefined
  const { anchors, anchorMask, classes, ignoreThreshold, guard } = config
  const normalizer = feeds.normalizer && Number(elementAt(feeds.normalizer, 0))
  const grids = logits.map(({ grid }) => grid)
  const input = { anchors, anchorMask, classes, ignoreThreshold, guard, logits: grids, labels }
  return { input, sizes: logits.map(({ sizes }) => sizes), normalizer: config.normalizer ? normalizer : undefined }
}
