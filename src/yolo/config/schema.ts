import { type Anchor, coarsestStride, ofEachTerm, type Terms, termNames } from './vocabulary.js'

/** How a value is written; a command line reads each kind in its own way. */
export type Kind = 'switch' | 'name' | 'number' | 'size' | 'anchors' | 'classes' | 'masks' | 'weights' | 'rules'

/** A part of a JSON Schema (draft 2020-12). */
export type JsonSchema = Readonly<Record<string, unknown>>

/** What a value must be. */
export interface Schema<T> {
  readonly kind: Kind
  /** In words, after "must be". */
  readonly what: string
  readonly is: (x: unknown) => x is T
  /** The same as JSON Schema. */
  readonly json: JsonSchema
  /** What stands in its place, in words, after "got". */
  readonly got: (x: unknown) => string
}

/** What is wrong with a value, or nothing. */
export const whyNot = <T>({ what, is, got }: Schema<T>, x: unknown): string | undefined =>
  is(x) ? undefined : `must be ${what}, got ${got(x)}`

/** JSON has no other numbers. */
const isPlain = (x: unknown): boolean => (typeof x === 'number' ? Number.isFinite(x) : typeof x !== 'bigint')

/** A value as a person would write it, cut where it gets long. */
export const show = (x: unknown): string => {
  const text = isPlain(x) ? (JSON.stringify(x, (_, v) => (isPlain(v) ? v : String(v))) ?? String(x)) : String(x)
  return text.length > 120 ? `${text.slice(0, 119)}…` : text
}

type Is<T> = (x: unknown) => x is T

const must = <T>(kind: Kind, what: string, is: Is<T>, json: JsonSchema, got = show): Schema<T> => ({
  kind,
  what,
  is,
  json,
  got,
})

const isNumber = (x: unknown): x is number => Number.isFinite(x)

// Graphs calculate in float32 unless told otherwise, where other numbers would be infinite, or 0.
const isReal = (x: unknown): x is number =>
  isNumber(x) && isNumber(Math.fround(x)) && (x === 0) === (Math.fround(x) === 0)

// Where rounding to float32 begins to give infinity, and ends to give 0.
const aboveReals = 2 ** 128 - 2 ** 103
const belowReals = 2 ** -150
const positiveReal = { type: 'number', exclusiveMinimum: belowReals, exclusiveMaximum: aboveReals }
const negativeReal = { type: 'number', exclusiveMinimum: -aboveReals, exclusiveMaximum: -belowReals }
const notNegativeReal = { anyOf: [{ const: 0 }, positiveReal] }
const anyReal = { anyOf: [{ const: 0 }, positiveReal, negativeReal] }

/** As `show`, and that float32 is the reason where it is. */
function showReals(x: unknown): string {
  const numbers: unknown[] = typeof x === 'object' && x !== null ? Object.values(x) : [x]
  return `${show(x)}${numbers.some((n) => isNumber(n) && !isReal(n)) ? ', beyond float32' : ''}`
}

const isList = (x: unknown): x is unknown[] => Array.isArray(x) && x.length > 0

/** Every entry of a list keeps a rule; the first that does not is named by its place. */
function each<T>(kind: Kind, what: string, is: Is<T>, items: JsonSchema, shown = show): Schema<readonly T[]> {
  const got = (x: unknown): string => {
    const at = isList(x) ? x.findIndex((entry) => !is(entry)) : -1
    return at < 0 ? show(x) : `${shown((x as unknown[])[at])} at ${at}`
  }
  return must(
    kind,
    `a list of ${what}`,
    (x): x is readonly T[] => isList(x) && x.findIndex((entry) => !is(entry)) < 0,
    { type: 'array', minItems: 1, items },
    got,
  )
}

export const oneOf = <const T extends string | number>(...values: readonly T[]): Schema<T> =>
  must(
    typeof values[0] === 'string' ? 'name' : 'number',
    `one of ${values.join(', ')}`,
    (x): x is T => (values as readonly unknown[]).includes(x),
    { enum: values },
  )

const isWhole =
  (least: number, most = Number.MAX_SAFE_INTEGER): Is<number> =>
  (x): x is number =>
    Number.isSafeInteger(x) && (x as number) >= least && (x as number) <= most

const whole = (minimum: number, maximum = Number.MAX_SAFE_INTEGER): JsonSchema => ({
  type: 'integer',
  minimum,
  maximum,
})

export const onOrOff = must('switch', 'true or false', (x) => typeof x === 'boolean', { type: 'boolean' })
export const count = must('number', 'a whole number of 1 or more', isWhole(1), whole(1))
export const notNegative = must(
  'number',
  'a number of 0 or more',
  (x): x is number => isReal(x) && x >= 0,
  notNegativeReal,
  showReals,
)

const pairOf = (items: JsonSchema): JsonSchema => ({ type: 'array', minItems: 2, maxItems: 2, items })

const isPair = (x: unknown): x is Anchor => isList(x) && x.length === 2 && x.every((side) => isReal(side) && side > 0)
const isIndices = (x: unknown): x is readonly number[] =>
  isList(x) && x.every(isWhole(0)) && new Set(x).size === x.length

export const anchorPairs = each('anchors', 'pairs of positive pixels', isPair, pairOf(positiveReal), showReals)
export const anchorIndices = each('masks', 'lists of distinct anchor indices', isIndices, {
  type: 'array',
  minItems: 1,
  uniqueItems: true,
  items: whole(0),
})

// Beyond these a graph would hold tables of gigabytes.
const mostClasses = 100_000
const longestSide = 4096

export const classCount = must(
  'classes',
  `a whole number from 1 to ${mostClasses}`,
  isWhole(1, mostClasses),
  whole(1, mostClasses),
)

// Attached to a detector the loss takes the detector's opset, within the builder's own range.
const [firstOpset, lastOpset] = [13, 25]
export const opset = must(
  'number',
  `${firstOpset} to ${lastOpset}`,
  isWhole(firstOpset, lastOpset),
  whole(firstOpset, lastOpset),
)

const isSide = isWhole(1, longestSide)
export const inputSize = must(
  'size',
  `[height, width] in multiples of ${coarsestStride}, at most ${longestSide}`,
  (x): x is readonly [height: number, width: number] =>
    isList(x) && x.length === 2 && x.every((side) => isSide(side) && side % coarsestStride === 0),
  pairOf({ ...whole(1, longestSide), multipleOf: coarsestStride }),
)

const isWeights = (x: unknown): x is Terms<number> =>
  typeof x === 'object' &&
  x !== null &&
  Object.keys(x).sort().join() === [...termNames].sort().join() &&
  Object.values(x).every(isReal)
export const termWeights = must(
  'weights',
  `a finite number for each of ${termNames.join(', ')}`,
  isWeights,
  { type: 'object', properties: ofEachTerm(() => anyReal), additionalProperties: false },
  showReals,
)
