import type { AnyTensor } from '../../io/index.js'
import { ofScale, scaleNameOf } from '../../yolo/index.js'
import type { Answer } from '../answers/answer.js'
import type { Answers } from '../answers/answers.js'
import type { MaskCell, NearCell } from './undecided.js'

/** Whether an output follows from how cells fell at the threshold. */
export const hangsOnMasks = (output: string): boolean =>
  ['loss', 'excess'].includes(output) ||
  ['conf', 'ignore', 'ignored', 'ignore_mask', 'grad_y_pred'].includes(scaleNameOf(output) ?? '')

type Outputs = ReadonlyMap<string, AnyTensor>

/** What cells at the threshold, which nothing but rounding decides, do to the outputs of a run. */
export interface Excuse {
  readonly cells: readonly NearCell[]
  /** What their falling on the other side adds to an output, element by element. */
  readonly change: (output: string) => Float64Array | undefined
  /** How much an output may differ because nobody can tell how they fell, element by element. */
  readonly slack: (output: string) => Float64Array | undefined
  /** The same in words. */
  readonly words: (output: string) => string | undefined
}

const maskIn = (outputs: Outputs, scale: number): AnyTensor | undefined => outputs.get(ofScale('ignore_mask', scale))

/** The masks with some of the cells as `value` has them. */
function masksWith(answers: Answers, cells: readonly MaskCell[], value: (cell: MaskCell, own: number) => number) {
  const masks = answers.result.scales.map(({ ignoreMask }) => ignoreMask.slice())
  for (const cell of cells) {
    const mask = masks[cell.scale] as Uint8Array
    mask[cell.place] = value(cell, mask[cell.place] as number)
  }
  return masks
}

const inMask = (outputs: Outputs, { scale, place }: MaskCell): number | undefined => {
  const mask = maskIn(outputs, scale)
  return mask && Number(mask.data[place])
}

const difference = (a: Answer | undefined, b: Answer | undefined): Float64Array | undefined =>
  a && b && Float64Array.from(a.values, (x, i) => (Object.is(x, b.values[i]) ? 0 : x - (b.values[i] ?? Number.NaN)))

const isChange = (change: Float64Array | undefined): change is Float64Array => change?.some((x) => x !== 0) ?? false

/** The cell as seen from a mask in which it is 1 or 0; the expected mask need not be the reference's own. */
function from(cell: MaskCell, kept: boolean): MaskCell {
  if (kept === cell.maskChange < 0) return cell
  return { ...cell, maskChange: kept ? -1 : 1, confidenceChange: -cell.confidenceChange }
}

/**
 * What the cells at the threshold excuse. Where masks are outputs, everything follows from how the cells fell: expected is
 * what the reference gives with their κ. Elsewhere each output may differ by what all of them together can change.
 */
export function excuseOf(answers: Answers, cells: readonly MaskCell[], expected: Outputs, got: Outputs): Excuse {
  const told = cells.map((cell): MaskCell => {
    const [before, after] = [inMask(expected, cell), inMask(got, cell)]
    const seen = before === undefined ? cell : from(cell, before === 1)
    return after === undefined ? seen : { ...seen, flipped: after !== (seen.maskChange < 0 ? 1 : 0) }
  })
  const flipped = told.filter((c) => c.flipped)
  const open = told.filter((c) => c.flipped === undefined)
  const before = answers.withMasks(masksWith(answers, told, ({ maskChange }) => (maskChange < 0 ? 1 : 0)))
  const kappa = ({ maskChange, flipped = false }: MaskCell) => (maskChange < 0 !== flipped ? 1 : 0)
  const after = answers.withMasks(masksWith(answers, told, kappa))
  const otherwise = [1, -1].map((sign) => {
    const turned = open.filter((c) => c.maskChange === sign)
    const masks = masksWith(answers, told, (c) => (turned.includes(c) ? 1 - kappa(c) : kappa(c)))
    return turned.length > 0 ? answers.withMasks(masks) : undefined
  })
  const change = (output: string) => difference(after.of(output), before.of(output))
  const slack = (output: string) => {
    const changes = otherwise.flatMap((other) => difference(other?.of(output), after.of(output)) ?? [])
    return changes[0]?.map((x, i) => Math.abs(x) + Math.abs(changes[1]?.[i] ?? 0))
  }
  const words = (output: string) => {
    const [moved, room] = [change(output), slack(output)]
    const most = (numbers: Float64Array) => numbers.reduce((n, x) => Math.max(n, Math.abs(x)), 0)
    if (isChange(moved)) return `${flipped.length} of ${told.length} cells at the threshold change it by ${most(moved)}`
    return isChange(room) ? `up to ${open.length} cells at the threshold, ± ${most(room)}` : undefined
  }
  return { cells: told.map(({ place: _, ...cell }) => cell), change, slack, words }
}
