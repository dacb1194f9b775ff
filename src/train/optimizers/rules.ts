import { adam, adamw } from './adam.js'
import type { UpdateRule } from './rule.js'
import { sgd } from './sgd.js'

/** The optimizers, by the names that torch.optim has for them. */
export const updateRules = { sgd, adam, adamw } satisfies Readonly<Record<string, UpdateRule>>

export type OptimizerName = keyof typeof updateRules
export const optimizerNames = Object.keys(updateRules) as OptimizerName[]

export type { Moment, Settings, Stepped, UpdateRule, V } from './rule.js'
