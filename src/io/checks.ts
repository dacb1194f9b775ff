import { storageOf } from './elements.js'
import { refuse } from './fault.js'
import { nearest } from './nearest.js'
import { isDType, sizeOf } from './tensor.js'

/** What an argument of a public function must be. */
export interface Check {
  /** In words, after "must be". */
  readonly what: string
  readonly fits: (x: unknown) => boolean
  /** The entry that does not fit, of a value that is right but for its entries. */
  readonly odd?: (x: unknown) => Odd | undefined
}

/** An entry of an object, and what it must be. */
interface Odd {
  readonly key: string
  readonly check: Check
  readonly value: unknown
}

/** A key that is none, mostly mistyped. */
const unknownKey = (keys: readonly string[], key: string): Check => {
  const meant = nearest(key, keys)
  return check(`left out: there is no such option${meant === undefined ? '' : `, did you mean ${meant}?`}`, () => false)
}

const check = (what: string, fits: Check['fits'], odd?: Check['odd']): Check => ({ what, fits, ...(odd && { odd }) })

type Entries = Readonly<Record<string, Check>>

/** An object, each of whose entries fits. */
function ofEntries(what: string, entries: Entries): Check {
  const odd = (x: unknown): Odd | undefined => {
    if (!isRecord(x)) return undefined
    const [key, own] = Object.entries(entries).find(([name, one]) => !one.fits(x[name])) ?? []
    return key === undefined || own === undefined ? undefined : { key, check: own, value: x[key] }
  }
  return check(what, (x) => isRecord(x) && odd(x) === undefined, odd)
}

/** An object that has no entries but these. */
function only(entries: Entries, needed: Entries): Check {
  const optional = Object.fromEntries(Object.entries(entries).map(([key, own]) => [key, must.optional(own)]))
  const all = { ...needed, ...optional }
  const having = Object.keys(needed)
  const what = `an object ${having.length > 0 ? `with ${having.join(', ')} ` : ''}that may have ${Object.keys(entries).join(', ')}`
  const known = ofEntries(what, all)
  const odd = (x: unknown): Odd | undefined => {
    if (!isRecord(x)) return undefined
    const key = Object.keys(x).find((own) => x[own] !== undefined && !Object.hasOwn(all, own))
    return key === undefined ? known.odd?.(x) : { key, check: unknownKey(Object.keys(all), key), value: x[key] }
  }
  return check(what, (x) => isRecord(x) && odd(x) === undefined, odd)
}

const isRecord = (x: unknown): x is Readonly<Record<string, unknown>> =>
  typeof x === 'object' && x !== null && !Array.isArray(x) && !ArrayBuffer.isView(x)

const isWhole = (x: unknown): x is number => Number.isSafeInteger(x)

/** Arguments that public functions take; each is said once. */
export const must = {
  text: check('a text', (x) => typeof x === 'string'),
  bytes: check('bytes, as a Uint8Array', (x) => x instanceof Uint8Array),
  yesOrNo: check('true or false', (x) => typeof x === 'boolean'),
  number: check('a number', (x) => typeof x === 'number' && !Number.isNaN(x)),
  /** From a number on, and below another. */
  from: (least: number, below = Number.POSITIVE_INFINITY): Check =>
    check(
      `a number from ${least}${below === Number.POSITIVE_INFINITY ? ' on' : ` to below ${below}`}`,
      (x) => typeof x === 'number' && x >= least && x < below,
    ),
  above: (least: number): Check => check(`a number above ${least}`, (x) => typeof x === 'number' && x > least),
  record: check('an object', isRecord),
  callable: check('a function', (x) => typeof x === 'function'),
  tensor: check('a tensor { dtype, shape, data } of as many numbers as its shape says', isTensor),
  /** The same of texts too, as files of cases have them. */
  anyTensor: check('a tensor { dtype, shape, data } of as many elements as its shape says', isAnyTensor),
  whole: (least: number): Check => check(`a whole number of ${least} or more`, (x) => isWhole(x) && x >= least),
  oneOf: (names: readonly string[]): Check => check(`one of ${names.join(', ')}`, (x) => names.includes(x as string)),
  list: (of: Check): Check => check(`a list, each ${of.what}`, (x) => Array.isArray(x) && x.every(of.fits)),
  pair: (of: Check): Check =>
    check(`a pair, each ${of.what}`, (x) => Array.isArray(x) && x.length === 2 && x.every(of.fits)),
  /** No Map: its entries are no keys of it, and would be lost without a word. */
  named: (of: Check): Check =>
    check(
      `an object of names, each with ${of.what}`,
      (x) => isRecord(x) && !(Symbol.iterator in x) && Object.values(x).every(of.fits),
    ),
  /** An object of these entries, and no others: those that may be left out, and those that may not. */
  options: (entries: Entries, needed: Entries = {}): Check => only(entries, needed),
  /** An object that has all of these entries. */
  having: (entries: Entries): Check => ofEntries(`an object with ${Object.keys(entries).join(', ')}`, entries),
  either: (a: Check, b: Check): Check => check(`${a.what}, or ${b.what}`, (x) => a.fits(x) || b.fits(x)),
  optional: (of: Check): Check => check(of.what, (x) => x === undefined || of.fits(x), of.odd),
} as const

const isShape = (x: unknown): x is readonly number[] =>
  Array.isArray(x) && x.every((size) => isWhole(size) && size >= 0)

function isAnyTensor(x: unknown): boolean {
  if (!isRecord(x) || !isShape(x.shape)) return false
  const { dtype, data, shape } = x
  if (dtype === 'string') return Array.isArray(data) && data.length === sizeOf(shape)
  const Storage = Object.hasOwn(storageOf, String(dtype)) ? storageOf[dtype as keyof typeof storageOf] : undefined
  return Storage !== undefined && data instanceof Storage && data.length === sizeOf(shape)
}

function isTensor(x: unknown): boolean {
  return isAnyTensor(x) && isRecord(x) && isDType(String(x.dtype))
}

/** A value in a few words, whatever it is. */
export function described(x: unknown): string {
  if (x === null || x === undefined || typeof x === 'boolean' || typeof x === 'number') return String(x)
  if (typeof x === 'string') return `the text ${JSON.stringify(x.length > 40 ? `${x.slice(0, 39)}…` : x)}`
  if (typeof x === 'bigint') return `the bigint ${x}`
  if (Array.isArray(x)) return x.length === 0 ? 'an empty list' : `a list of ${x.length}`
  if (typeof x !== 'object') return `a ${typeof x}`
  if (x instanceof Map) return 'a Map'
  const keys = Object.keys(x)
  return keys.length === 0 ? 'an empty object' : `an object of ${keys.slice(0, 4).join(', ')}`
}

/** What is wrong with an argument, or nothing; of an object, which of its entries. */
export function whyUnfit(
  { what, fits, odd }: Check,
  x: unknown,
): { readonly at: string; readonly why: string } | undefined {
  if (fits(x)) return undefined
  const entry = odd?.(x)
  const inner = entry && whyUnfit(entry.check, entry.value)
  if (entry && inner) return { at: `.${entry.key}${inner.at}`, why: inner.why }
  return { at: '', why: `must be ${what}; got ${described(x)}` }
}

/**
 * Looks at the arguments of a public function, by their names.
 * @throws InputError E_ARGUMENT naming the function, the argument, what it must be, and what it is
 */
export function expectArguments(
  door: string,
  checks: Readonly<Record<string, Check>>,
  given: Readonly<Record<string, unknown>>,
): void {
  for (const [name, own] of Object.entries(checks)) {
    const unfit = whyUnfit(own, given[name])
    if (unfit) refuse('E_ARGUMENT', `${door}: ${name}${unfit.at}`, unfit.why)
  }
}
