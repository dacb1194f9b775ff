import { readModel } from '../../src/onnx/proto/read.js'
import { inputCase, type SetMaker } from '../../src/verify/cases/generate/case.js'
import { generatedCases } from '../../src/verify/cases/generate/generate.js'
import type { VerifyOptions } from '../../src/verify/judge/options.js'
import type { CaseReport } from '../../src/verify/judge/result.js'
import { verifySets } from '../../src/verify/judge/verify.js'
import type { ConfigInput } from '../../src/yolo/config/config.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { graphBytes } from './cases.js'

/** Every output that an option can ask for. */
export const everything = { components: true, masks: true, gradients: true, diagnostics: true }

/** The reports of a graph on the cases made for it, in this process. */
export async function verdictsOn(
  bytes: Uint8Array,
  config: ConfigInput,
  makers?: readonly SetMaker[],
  options: VerifyOptions = {},
): Promise<CaseReport[]> {
  const full = resolveConfig(config)
  const sets = (makers ?? generatedCases(readModel(bytes, 'graph'), full)).map(({ make }) => make())
  const model = { bytes, file: 'graph' }
  return verifySets(inputCase(sets, full), { model, absent: 'skip', config: full, ...options })
}

/** What did not pass, in words. */
export const faultsIn = (reports: readonly CaseReport[]): string[] =>
  reports.flatMap(({ rows }) =>
    rows.flatMap(({ case: name, output, verdict, problem, comparison }) => {
      const why = problem?.message ?? comparison?.problem ?? `${comparison?.mismatches} of ${comparison?.compared}`
      return verdict === 'PASS' ? [] : [`${name} ${output}: ${verdict}, ${why}`]
    }),
  )

export const faultsOf = async (config: ConfigInput, options?: VerifyOptions): Promise<string[]> =>
  faultsIn(await verdictsOn(graphBytes(config), config, undefined, options))
