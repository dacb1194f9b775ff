import { type DetectorHead, refuse } from '../detector/index.js'
import { ConfigError, coarsestStride, formOf, type LayoutName, type LossConfig, layouts } from '../yolo/index.js'

/**
 * The configuration of the loss behind these heads: in the detector's opset, in the layout and element type that all
 * heads share where the loss reads them as they are, else in `nhwc` float32, to which they are adapted.
 * @throws ConfigError for options that have no meaning here; InputError for sizes that the heads contradict
 */
export function fittedConfig(
  config: LossConfig,
  heads: readonly DetectorHead[],
  opset: number,
  file: string,
): LossConfig {
  if (config.graph !== 'loss') throw new ConfigError('graph', `must be loss to be attached, got ${config.graph}`)
  const { since } = formOf(config.form)
  if (opset < since)
    throw new ConfigError('form', `${config.form} needs opset ${since}, and the detector has ${opset}: use compact`)
  checkSizes(config, heads, file)
  const layout = shared(heads.map((h) => (h.part ? undefined : h.layout)))
  const dtype = shared(heads.map((h) => h.dtype))
  const asTheyAre = layout !== undefined && Object.hasOwn(layouts, layout)
  const wide = config.dtype === 'float64' ? 'float64' : 'float32'
  return {
    ...config,
    opset,
    layout: asTheyAre ? (layout as LayoutName) : 'nhwc',
    dtype: asTheyAre && dtype === 'float16' && wide === 'float32' ? 'float16' : wide,
  }
}

const shared = <T>(values: readonly T[]): T | undefined => (new Set(values).size === 1 ? values[0] : undefined)

function checkSizes({ batch, input }: LossConfig, heads: readonly DetectorHead[], file: string): void {
  const [coarsest] = heads
  const theirs = coarsest?.shape[0]
  if (batch !== undefined && typeof theirs === 'number' && theirs !== batch)
    refuse('E_HEAD_BATCH', file, `its batch is ${theirs}, but the configuration has ${batch}`)
  const { h, w } = coarsest?.grid ?? { h: '', w: '' }
  if (input === undefined || typeof h !== 'number' || typeof w !== 'number') return
  const [height, width] = [h * coarsestStride, w * coarsestStride]
  const what = `its heads are those of a ${height}×${width} image, but the configuration has ${input.join('×')}`
  if (height !== input[0] || width !== input[1]) refuse('E_HEAD_STRIDE', file, what)
}
