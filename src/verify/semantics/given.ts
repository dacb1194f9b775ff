import { type Check, described, expectArguments, must, refuse, sizeOf, whyUnfit } from '../../io/index.js'
import {
  amountNames,
  listNames,
  type Observed,
  resultNames,
  ruleNames,
  type Semantics,
  type SemanticsInput,
  semanticsOfSpec,
  subjectOf,
  valuesOf,
} from '../../reference/semantics/index.js'
import { ConfigError, expectConfig, specFrom } from '../../yolo/index.js'

/** Numbers of a shape. */
export type Numbers = SemanticsInput['logits'][number]

const isNumbers = (x: unknown): boolean => x instanceof Float32Array || x instanceof Float64Array
const grid = must.having({
  shape: must.list(must.whole(0)),
  data: { what: 'a Float32Array or Float64Array', fits: isNumbers },
})
const grids = must.list(grid)

/** All settings of a loss. */
const settings: Check = must.having({
  ...Object.fromEntries(ruleNames.map((name) => [name, must.oneOf(valuesOf(name))])),
  ...Object.fromEntries(amountNames.map((name) => [name, must.number])),
  ...Object.fromEntries(listNames.map((name) => [name, must.list(must.number)])),
})

/** Looks at a batch. @throws InputError, ConfigError */
export function expectBatch(door: string, input: SemanticsInput): void {
  const labels = { ...must.either(grid, grids), what: 'boxes [B,M,5] or [B,M,6], or a list with labels of each scale' }
  expectArguments(door, { input: must.having({ logits: grids, labels }) }, { input })
  expectConfig(input, ['anchors', 'anchorMask', 'classes', 'ignoreThreshold'])
}

/** A loss by name, `gluon-cv,size=squared`, or as it is. @throws ConfigError */
export function semanticsFrom(given: string | Semantics, argument = 'semantics'): Semantics {
  if (typeof given === 'string') return semanticsOfSpec(specFrom(given, argument))
  if (typeof given !== 'object' || given === null)
    throw new ConfigError(argument, `must be a name, or what semanticsOf gives; got ${described(given)}`)
  const unfit = whyUnfit(settings, given)
  if (unfit) throw new ConfigError(argument, `${unfit.at && `has a wrong ${unfit.at.slice(1)}: it `}${unfit.why}`)
  return given
}

/** What shapes are wrong for is a RangeError of the reference. */
export function asked<T>(door: string, answer: () => T): T {
  try {
    return answer()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return refuse('E_SHAPE', door, error.message, 'shapes follow from the configuration', error)
  }
}

/** Results by our names. @throws InputError for names that say nothing, and for shapes that cannot be */
export function observedIn(
  door: string,
  results: Readonly<Record<string, Numbers>>,
  input: SemanticsInput,
): Observed[] {
  expectArguments(door, { results: must.named(grid) }, { results })
  const found = Object.entries(results).map(([name, own]): Observed => {
    const subject = subjectOf(name, input.anchorMask.length)
    if (!subject)
      return refuse('E_ARGUMENT', `${door}: results.${name}`, 'is no result', `there are ${resultNames.join(', ')}`)
    const why = whyNoResult({ name, subject, grid: own }, input)
    if (why) refuse('E_ARGUMENT', `${door}: results.${name}`, why.what, why.remedy)
    return { name, subject, grid: own }
  })
  if (found.length === 0) refuse('E_ARGUMENT', `${door}: results`, 'are none', `give one of ${resultNames.join(', ')}`)
  return found
}

/** Why numbers of such a shape are no such result of a batch; undefined where they are. */
export function whyNoResult(
  { subject, grid: { shape, data } }: Observed,
  { logits, anchorMask }: SemanticsInput,
): { readonly what: string; readonly remedy: string } | undefined {
  if (subject.kind === 'gradient' || subject.kind === 'mask') {
    const like = logits[subject.scale]?.shape ?? []
    const wanted = subject.kind === 'mask' ? [...like.slice(0, 3), anchorMask[subject.scale]?.length ?? 0] : like
    if (data.length === sizeOf(wanted) && shape[1] === wanted[1]) return undefined
    return { what: `is [${shape}], and must be [${wanted}]`, remedy: 'axes are B, h, w, A' }
  }
  const batch = logits[0]?.shape[0] ?? 0
  if (data.length === 1 || data.length === batch) return undefined
  return { what: `is [${shape}]`, remedy: `give one number, or [${batch}] for each image` }
}
