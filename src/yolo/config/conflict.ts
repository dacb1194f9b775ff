import type { LossConfig } from './config.js'

/** Options that do not go together. */
export interface Conflict {
  /** The key at fault. */
  readonly key: keyof LossConfig
  readonly when: (c: LossConfig) => unknown
  readonly why: (c: LossConfig) => string
}
