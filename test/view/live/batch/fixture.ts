import type { AnyTensor } from '../../../../src/io/index.js'
import type { LiveBatch } from '../../../../src/view/live/batch/batch.js'
import { type ConfigInput, resolveConfig } from '../../../../src/yolo/index.js'
import { configOf, readFixture } from '../../../support/cases.js'

/** A case as a live page has it. */
export async function liveFixture(name: string, more: Partial<ConfigInput> = {}): Promise<LiveBatch> {
  const test = await readFixture(name)
  const feeds: Record<string, AnyTensor> = {}
  for (const { name: input, tensor } of test.dataSets[0]?.inputs ?? []) feeds[input] = tensor as AnyTensor
  return { config: resolveConfig({ ...configOf(test), ...more } as ConfigInput), feeds }
}
