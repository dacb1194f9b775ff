import type { LossConfig } from './config.js'
import { coarsestStride, layouts, termNames } from './vocabulary.js'

// Beyond these a graph would hold tables of gigabytes.
const mostClasses = 100_000
const longestSide = 4096

/** Says what is wrong with a value, or nothing. */
type Rule = (value: unknown) => string | undefined

const isPositive = (x: unknown): x is number => typeof x === 'number' && x > 0 && Number.isFinite(x)
const isCount = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0
const isList = (x: unknown): x is unknown[] => Array.isArray(x) && x.length > 0
const isPair = (x: unknown): boolean => isList(x) && x.length === 2 && x.every(isPositive)
const isIndices = (x: unknown): boolean => isList(x) && x.every(isCount) && new Set(x).size === x.length
const isWeights = (x: unknown): boolean =>
  typeof x === 'object' &&
  x !== null &&
  Object.keys(x).sort().join() === [...termNames].sort().join() &&
  Object.values(x).every((v) => typeof v === 'number' && Number.isFinite(v))

/** JSON has no other numbers. */
const isPlain = (x: unknown): boolean => (typeof x === 'number' ? Number.isFinite(x) : typeof x !== 'bigint')

/** A value as a person would write it, cut where it gets long. */
export const show = (x: unknown): string => {
  const text = isPlain(x) ? (JSON.stringify(x, (_, v) => (isPlain(v) ? v : String(v))) ?? String(x)) : String(x)
  return text.length > 120 ? `${text.slice(0, 119)}…` : text
}

const must =
  (what: string, ok: (x: unknown) => boolean): Rule =>
  (x) =>
    ok(x) ? undefined : `must be ${what}, got ${show(x)}`

/** Every entry of a list keeps a rule; the first that does not is named by its place. */
const each =
  (what: string, ok: (x: unknown) => boolean): Rule =>
  (x) => {
    if (!isList(x)) return `must be a list of ${what}, got ${show(x)}`
    const at = x.findIndex((entry) => !ok(entry))
    return at < 0 ? undefined : `must be a list of ${what}, got ${show(x[at])} at ${at}`
  }

const oneOf = (...names: readonly unknown[]): Rule => must(`one of ${names.join(', ')}`, (x) => names.includes(x))
const isSwitch = must('true or false', (x) => typeof x === 'boolean')
/** Opsets a loss is exported in; attached to a detector it takes the detector's, within the builder's own range. */
export const exportOpsets = { min: 13, max: 21 } as const
const { min, max } = exportOpsets
const isSide = (x: unknown): boolean => isCount(x) && x > 0 && x <= longestSide && x % coarsestStride === 0

/** What each option must be. */
export const rules: { readonly [K in keyof LossConfig]-?: Rule } = {
  anchors: each('pairs of positive pixels', isPair),
  anchorMask: each('lists of distinct anchor indices', isIndices),
  classes: must(`a whole number from 1 to ${mostClasses}`, (x) => isCount(x) && x > 0 && x <= mostClasses),
  ignoreThreshold: must('a number of 0 or more', (x) => Number.isFinite(x) && (x as number) >= 0),
  graph: oneOf('loss', 'head', 'head-loss'),
  form: oneOf('compact', 'static', 'loop'),
  batch: must('a whole number of 1 or more', (x) => isCount(x) && x > 0),
  input: must(
    `[height, width] in multiples of ${coarsestStride}, at most ${longestSide}`,
    (x) => isList(x) && x.length === 2 && x.every(isSide),
  ),
  maxBoxes: must('a whole number of 1 or more', (x) => isCount(x) && x > 0),
  layout: oneOf(...Object.keys(layouts)),
  dtype: oneOf('float32', 'float64', 'float16'),
  for: oneOf('ort-training'),
  opset: must(`${min} to ${max}`, (x) => isCount(x) && x >= min && x <= max),
  reduction: oneOf('batch-mean', 'sum', 'none'),
  normalizer: isSwitch,
  lossRank: oneOf(0, 1),
  weights: must('a finite number for each of xy, wh, conf, class', isWeights),
  guard: isSwitch,
  divisionFree: isSwitch,
  components: isSwitch,
  masks: isSwitch,
  diagnostics: isSwitch,
  gradients: isSwitch,
}

/** What options must be to each other: the key at fault and why, for the first pair that does not fit. */
export function conflict(config: LossConfig): readonly [key: string, why: string] | undefined {
  const { anchors, anchorMask, graph, form, batch, input, maxBoxes, reduction, normalizer, lossRank } = config
  const { divisionFree, ignoreThreshold } = config
  const [first, ...rest] = anchorMask as [readonly number[], ...(readonly number[])[]]
  const odd = rest.find((mask) => mask.length !== first.length)
  if (odd) return ['anchorMask', `must give every scale as many anchors, got ${first.length} and ${odd.length}`]
  const outside = anchorMask.flat().find((index) => index >= anchors.length)
  if (outside !== undefined) {
    const range = `there are ${anchors.length} (0 to ${anchors.length - 1})`
    return ['anchorMask', `names anchor ${outside}, but ${range}`]
  }
  const extra = (['components', 'masks', 'diagnostics', 'gradients', 'normalizer'] as const).find((key) => config[key])
  if (graph !== 'loss' && extra) return [extra, `asks for something of the loss, but "graph" is "${graph}"`]
  if (maxBoxes !== undefined && form !== 'static') return ['maxBoxes', `limits the static form, not "${form}"`]
  if (form === 'static' && batch === undefined) return ['batch', 'must be given for the static form']
  if (form === 'static' && input === undefined) return ['input', 'must be given for the static form: [height, width]']
  if (divisionFree && (form !== 'static' || ignoreThreshold === 0))
    return ['divisionFree', `is for the static form and thresholds above 0, not "${form}" and ${ignoreThreshold}`]
  if (normalizer && reduction !== 'batch-mean')
    return ['normalizer', `divides in place of the batch, but reduction "${reduction}" divides by nothing`]
  if (lossRank === 1 && reduction === 'none') return ['lossRank', 'is of no use: reduction "none" gives [B]']
  return config.for && notTrainable(config)
}

/** What onnxruntime-training 1.19.2 does not take: generate_artifacts wants a float32 scalar first. */
function notTrainable({ form, dtype, reduction }: LossConfig): readonly [key: string, why: string] | undefined {
  if (form === 'loop')
    return ['form', 'must be compact or static for ort-training, whose graph around a Loop can be invalid']
  if (dtype === 'float64') return ['dtype', 'must be float32 or float16 for ort-training: its loss is float32']
  if (reduction === 'none') return ['reduction', 'must be batch-mean or sum for ort-training: its loss is one number']
  return undefined
}
