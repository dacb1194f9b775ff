import { InvalidArgumentError } from 'commander'
import { printable } from '../../io/index.js'
import { parseChanges } from '../../reference/semantics/index.js'
import { pairsIn } from '../../yolo/index.js'

/** A number of an option. */
export function parseNumber(text: string): number {
  const x = Number(text)
  if (text.trim() === '' || Number.isNaN(x)) throw new InvalidArgumentError(`"${text}" is no number.`)
  if (!Number.isFinite(x)) throw new InvalidArgumentError(`${x} is no finite number.`)
  return x
}

const wholeFrom =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string) => {
    const x = parseNumber(text)
    if (Number.isSafeInteger(x) && x >= least && x <= most) return x
    const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`
    throw new InvalidArgumentError(`"${text}" is no whole number ${range}.`)
  }

/** A number of a range. */
export const numberFrom = (least: number, most: number) => (text: string) => {
  const x = parseNumber(text)
  if (x >= least && x <= most) return x
  throw new InvalidArgumentError(`"${text}" is no number from ${least} to ${most}.`)
}

/** A whole number of 1 or more. */
export const parseCount = wholeFrom(1)
/** A whole number of 0 or more. */
export const parseIndex = wholeFrom(0)
/** A seed, few enough that no two give the same random numbers. */
export const parseSeed = wholeFrom(0, 99_999)
/** A GPU; onnxruntime counts them in 32 bits. */
export const parseDevice = wholeFrom(0, 2 ** 31 - 1)
/** How many scenes; they are listed before they are made. */
export const parseScenes = wholeFrom(1, 100_000)

/** Height and width in pixels, as `416x608`, height first. */
export function parseSize(text: string): readonly [height: number, width: number] {
  const [, height, width] = /^(\d+)[x×](\d+)$/i.exec(text.trim()) ?? []
  const size = [Number(height), Number(width)] as const
  // More digits than a number holds would be another size.
  if (size.every((side) => Number.isSafeInteger(side) && side > 0)) return size
  throw new InvalidArgumentError(`"${text}" is no size: give height and width, as 416x608.`)
}

const numbersIn = (text: string, separator: RegExp): number[] => text.trim().split(separator).map(parseNumber)

/** Pairs of numbers; what holds anything but numbers is the name of a file. */
export function parseAnchors(text: string): number[][] | string {
  if (/[^\d\s,.+eE-]/.test(text) || !/\d/.test(text)) return text
  const flat = numbersIn(text, /[\s,]+/)
  if (flat.length % 2 !== 0) throw new InvalidArgumentError(`${flat.length} numbers do not make pairs.`)
  return pairsIn(flat)
}

/** A number; what is none is the name of a file. */
export const parseClasses = (text: string): number | string => (/^\s*[+-]?[\d.]/.test(text) ? parseNumber(text) : text)

/** Anchor indices of each scale: `6,7,8/3,4,5/0,1,2`. */
export const parseMask = (text: string): number[][] => text.split('/').map((mask) => numbersIn(mask, /[\s,]+/))

/** `xy=1,conf=2` as an object. */
export function parseWeights(text: string): Record<string, number> {
  const pairs = text.split(',').map((pair) => {
    const [name = '', weight, ...rest] = pair.split('=')
    if (weight === undefined || rest.length > 0) throw new InvalidArgumentError(`"${pair}" is no term=weight.`)
    return [name.trim(), parseNumber(weight)] as const
  })
  const twice = pairs.find(([name], i) => pairs.findIndex(([other]) => other === name) !== i)
  if (twice) throw new InvalidArgumentError(`"${twice[0]}" stands twice; give each term one weight.`)
  return Object.fromEntries(pairs)
}

/** `size=squared`, `balance=4/1/0.4`: a rule and its value; the flag may be given again. */
export function parseRule(text: string, before: unknown = {}): Readonly<Record<string, unknown>> {
  const changes = changesIn(text)
  const twice = Object.keys(changes).find((name) => Object.hasOwn(before as object, name))
  if (twice !== undefined) throw new InvalidArgumentError(`"${twice}" stands twice; give each rule one value.`)
  return { ...(before as object), ...changes }
}

function changesIn(text: string): Readonly<Record<string, unknown>> {
  try {
    return parseChanges(text)
  } catch (error) {
    if (error instanceof RangeError) throw new InvalidArgumentError(`${error.message}.`)
    throw error
  }
}

/** `theirs=y_pred_0,other=y_true_0` as a map from their names to ours; the flag may be given again. */
export function parseNames(text: string, before: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const names = new Map(before)
  for (const pair of text.split(',')) {
    const at = pair.lastIndexOf('=')
    const [theirs, ours] = [pair.slice(0, Math.max(at, 0)).trim(), pair.slice(at + 1).trim()]
    if (theirs === '' || ours === '') throw new InvalidArgumentError(`"${pair}" is no theirs=ours.`)
    const twice = [...names].find(([other, own]) => other === theirs || own === ours)
    if (twice) throw new InvalidArgumentError(`"${pair}" stands beside "${twice.join('=')}"; each name is one.`)
    names.set(theirs, ours)
  }
  return names
}

/** A path; the flag may be given again. */
export const parsePath = (text: string, before: readonly string[] = []): readonly string[] => [...before, text]

/** `13x13,26x26`: rows and columns of each scale. */
export function parseGrids(text: string): [number, number][] {
  return text.split(',').map((grid) => {
    const match = /^(\d+)x(\d+)$/.exec(grid.trim())
    if (!match) throw new InvalidArgumentError(`"${printable(grid)}" is no grid such as 13x13.`)
    return [Number(match[1]), Number(match[2])]
  })
}
