import type { LossConfig } from './config.js'
import type { TermName } from './vocabulary.js'

/** What the loss takes and gives once for each scale. */
export type ScaleName = 'y_pred' | 'y_true' | 'grad_y_pred' | 'ignore' | 'positives' | 'ignore_mask' | TermName

/** The name of an input or output of a scale, counted from the coarsest: `ignore_mask_0`. */
export const ofScale = (name: ScaleName, l: number): string => `${name}_${l}`

/** The input of rows of boxes. */
export const boxesName = 'boxes'

/** What an input or output is of its scale: `ignore_mask`; undefined for a name that does not end in a number. */
export const scaleNameOf = (name: string): string | undefined => /^(.+)_\d+$/.exec(name)?.[1]

/** The inputs of a graph, but the normaliser: logits, then labels, coarsest scale first, or boxes. */
export function inputNames({
  graph,
  labels,
  anchorMask,
}: Pick<LossConfig, 'graph' | 'labels' | 'anchorMask'>): string[] {
  const scaled = (name: 'y_pred' | 'y_true') => anchorMask.map((_, l) => ofScale(name, l))
  if (graph === 'targets') return [boxesName]
  if (graph !== 'loss') return scaled('y_pred')
  return [...scaled('y_pred'), ...(labels === 'dense' ? scaled('y_true') : [boxesName])]
}
