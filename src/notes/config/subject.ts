import type { LossConfig } from '../../yolo/index.js'

/** A configuration as it was given. */
export interface ConfigSubject {
  readonly config: Pick<LossConfig, 'anchors' | 'anchorMask' | 'ignoreThreshold'>
  /** Where the value of a key comes from, as messages call it. */
  readonly placeOf: (key: string) => string
}
