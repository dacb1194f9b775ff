import { expect } from 'vitest'
import { ConfigError, type ConfigInput } from '../../src/yolo/config/config.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'

/** Nine anchors, all different. */
export const nine = Array.from({ length: 9 }, (_, i) => [10 + i, 20 + i] as const)

/** The ConfigError that `input` meets. */
export function refusal(input: unknown): ConfigError {
  try {
    resolveConfig(input as ConfigInput)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return error as ConfigError
  }
  return expect.fail('nothing was thrown')
}
