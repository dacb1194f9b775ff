import { type LossConfig, lossOptions } from '../../yolo/index.js'

type Boxes = Pick<LossConfig, 'anchors' | 'anchorMask' | 'classes' | 'ignoreThreshold'>

/** As much of a configuration of the loss as verification needs to talk about its tensors. */
export interface CaseConfig extends Boxes {
  /** Of the logits: `nhwc` (default), `nchw`, … */
  readonly layout: string
}

type Given = Partial<Record<string, unknown>>

const hasBoxes = (given: Given): given is Given & Boxes =>
  lossOptions.every(
    ({ key, decides, must, quiet }) =>
      decides !== 'inputs' || (quiet && given[key] === undefined) || must.is(given[key]),
  )

/** The configuration in a `case.json`; undefined for cases that are none of ours. */
export function caseConfig(config: unknown): CaseConfig | undefined {
  const given = (config ?? {}) as Given
  if (!hasBoxes(given)) return undefined
  const { anchors, anchorMask, classes, ignoreThreshold } = given
  const layout = typeof given.layout === 'string' ? given.layout : 'nhwc'
  return { anchors, anchorMask, classes, ignoreThreshold, layout }
}
