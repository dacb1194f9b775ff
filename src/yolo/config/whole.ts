import { described } from '../../io/index.js'
import { ConfigError, type LossConfig } from './config.js'
import { lossOptions } from './options.js'
import { whyNot } from './schema.js'

/** Behind a detector the loss takes an opset of the detector, which may be beyond those that people choose. */
const decidedElsewhere: readonly string[] = ['opset']

const isObject = (x: unknown): x is Readonly<Record<string, unknown>> =>
  typeof x === 'object' && x !== null && !Array.isArray(x)

/**
 * Holds a configuration that a program hands over against the rules of its values.
 * @param keys which of them are read; all by default
 * @throws ConfigError naming the key, the rule and the value
 */
export function expectConfig(config: unknown, keys?: readonly (keyof LossConfig)[]): void {
  if (!isObject(config)) throw new ConfigError('config', `must be what resolveConfig gives; got ${described(config)}`)
  for (const { key, must, optional } of lossOptions) {
    const isRead = keys === undefined ? !decidedElsewhere.includes(key) : keys.includes(key)
    const value = config[key]
    if (!isRead || (optional && value === undefined)) continue
    const absent = value === undefined
    const why = absent ? 'is missing' : whyNot(must, value)
    const hint = absent ? 'make the configuration with resolveConfig, which fills in what is left out' : undefined
    if (why) throw new ConfigError(key, why, { absent, hint })
  }
}
