/** As much of a configuration of the loss as verification needs to talk about its tensors. */
export interface CaseConfig {
  readonly anchors: readonly (readonly [number, number])[]
  readonly anchorMask: readonly (readonly number[])[]
  readonly classes: number
  readonly ignoreThreshold: number
  /** Of the logits: `nhwc` (default), `nchw`, … */
  readonly layout: string
}

const isPairs = (x: unknown): x is [number, number][] =>
  Array.isArray(x) && x.every((p) => Array.isArray(p) && p.length === 2 && p.every(Number.isFinite))
const isMasks = (x: unknown): x is number[][] =>
  Array.isArray(x) && x.every((m) => Array.isArray(m) && m.every(Number.isInteger))

/** The configuration in a `case.json`; undefined for cases that are none of ours. */
export function caseConfig(config: unknown): CaseConfig | undefined {
  const { anchors, anchorMask, classes, ignoreThreshold, layout } = (config ?? {}) as Partial<Record<string, unknown>>
  if (!isPairs(anchors) || !isMasks(anchorMask)) return undefined
  if (typeof classes !== 'number' || typeof ignoreThreshold !== 'number') return undefined
  return { anchors, anchorMask, classes, ignoreThreshold, layout: typeof layout === 'string' ? layout : 'nhwc' }
}
