import { type LossConfig, lossOptions } from '../../yolo/index.js'

type Boxes = Pick<LossConfig, 'anchors' | 'anchorMask' | 'classes' | 'ignoreThreshold'>

/** As much of a configuration of the loss as verification needs to talk about its tensors. */
export interface CaseConfig extends Boxes {
  /** Of the logits: `nhwc` (default), `nchw`, … */
  readonly layout: string
  /** What a cross-entropy of the confidence is multiplied by on its way into the loss; undefined where that varies. */
  readonly confidenceWeight: ((batch: number) => number) | undefined
}

type Given = Partial<Record<string, unknown>>

const hasBoxes = (given: Given): given is Given & Boxes =>
  lossOptions.every(({ key, decides, must }) => decides !== 'inputs' || must.is(given[key]))

/** The weight of the confidence term over what it is divided by; each image has its own loss with reduction none. */
function confidenceWeight({ weights, reduction, normalizer }: Given) {
  const weight = (weights as { conf?: unknown } | undefined)?.conf ?? 1
  if (typeof weight !== 'number' || normalizer === true || reduction === 'none') return undefined
  return (batch: number): number => (reduction === 'sum' ? weight : weight / batch)
}

/** The configuration in a `case.json`; undefined for cases that are none of ours. */
export function caseConfig(config: unknown): CaseConfig | undefined {
  const given = (config ?? {}) as Given
  if (!hasBoxes(given)) return undefined
  const { anchors, anchorMask, classes, ignoreThreshold } = given
  const layout = typeof given.layout === 'string' ? given.layout : 'nhwc'
  return { anchors, anchorMask, classes, ignoreThreshold, layout, confidenceWeight: confidenceWeight(given) }
}
