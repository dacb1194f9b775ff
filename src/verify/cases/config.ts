/** As much of a configuration of the loss as verification needs to talk about its tensors. */
export interface CaseConfig {
  readonly anchors: readonly (readonly [number, number])[]
  readonly anchorMask: readonly (readonly number[])[]
  readonly classes: number
  readonly ignoreThreshold: number
  /** Of the logits: `nhwc` (default), `nchw`, … */
  readonly layout: string
  /** What a cross-entropy of the confidence is multiplied by on its way into the loss; undefined where that varies. */
  readonly confidenceWeight: ((batch: number) => number) | undefined
}

const isPairs = (x: unknown): x is [number, number][] =>
  Array.isArray(x) && x.every((p) => Array.isArray(p) && p.length === 2 && p.every(Number.isFinite))
const isMasks = (x: unknown): x is number[][] =>
  Array.isArray(x) && x.every((m) => Array.isArray(m) && m.every(Number.isInteger))

/** The weight of the confidence term over what it is divided by; each image has its own loss with reduction none. */
function confidenceWeight({ weights, reduction, normalizer }: Partial<Record<string, unknown>>) {
  const weight = (weights as { conf?: unknown } | undefined)?.conf ?? 1
  if (typeof weight !== 'number' || normalizer === true || reduction === 'none') return undefined
  return (batch: number): number => (reduction === 'sum' ? weight : weight / batch)
}

/** The configuration in a `case.json`; undefined for cases that are none of ours. */
export function caseConfig(config: unknown): CaseConfig | undefined {
  const given = (config ?? {}) as Partial<Record<string, unknown>>
  const { anchors, anchorMask, classes, ignoreThreshold, layout } = given
  if (!isPairs(anchors) || !isMasks(anchorMask)) return undefined
  if (typeof classes !== 'number' || typeof ignoreThreshold !== 'number') return undefined
  return {
    anchors,
    anchorMask,
    classes,
    ignoreThreshold,
    layout: typeof layout === 'string' ? layout : 'nhwc',
    confidenceWeight: confidenceWeight(given),
  }
}
