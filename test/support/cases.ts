import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Tensor } from '../../src/io/tensor.js'
import { encodeModel } from '../../src/onnx/proto/encode.js'
import type { Feeds } from '../../src/runtime/feeds.js'
import { type DataSet, readCase, type TestCase } from '../../src/verify/cases/testcase.js'
import type { ConfigInput } from '../../src/yolo/config/config.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { lossModel } from '../../src/yolo/loss.js'

export const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url))

/** Of the folders: a page lies beside them, and a folder of cases of other implementations. */
const allNames = readdirSync(fixtures)
  .filter((name) => !name.endsWith('.md') && name !== 'semantics')
  .sort()

/** The committed cases, by folder: from dense labels, and the same from boxes. */
export const caseNames = allNames.filter((name) => !name.endsWith('-boxes'))
export const boxCaseNames = allNames.filter((name) => name.endsWith('-boxes'))

/** The cases of the losses of other implementations, by their names. */
export const semanticsCaseNames = readdirSync(`${fixtures}/semantics`).sort()

export const readFixture = (name: string): Promise<TestCase> => readCase(`${fixtures}/${name}`)

/** What decides the loss of a case, as its `case.json` has it. */
export const configOf = (test: TestCase): ConfigInput => test.info.config as ConfigInput

/** The graph of a configuration as a file. */
export const graphBytes = (input: ConfigInput): Uint8Array => encodeModel(lossModel(resolveConfig(input)))

/** Inputs of the loss by name, from tensors by scale. */
export function feedsOf(logits: readonly Tensor[], labels: readonly Tensor[]): Feeds {
  return Object.fromEntries([
    ...logits.map((t, l) => [`y_pred_${l}`, t] as const),
    ...labels.map((y, l) => [`y_true_${l}`, y] as const),
  ])
}

/** The inputs of a case by scale. */
export function float32sOf(test: TestCase): { logits: Tensor<'float32'>[]; labels: Tensor<'float32'>[] } {
  const [{ inputs }] = test.dataSets as [DataSet]
  const named = (stem: string) =>
    inputs.filter(({ name }) => name.startsWith(stem)).map(({ tensor }) => tensor as Tensor<'float32'>)
  return { logits: named('y_pred'), labels: named('y_true') }
}
