import type { AnyTensor } from '../../io/index.js'
import { ofScale, scaleNameOf } from '../../yolo/index.js'
import { isFloat, type MaskCell, type NearCell } from './nearcells.js'

/** Whether an output follows from how cells fell at the threshold. */
export const hangsOnMasks = (output: string): boolean =>
  output === 'loss' || ['conf', 'ignore', 'ignore_mask'].includes(scaleNameOf(output) ?? '')

type Outputs = ReadonlyMap<string, AnyTensor>

/** The near cells of a case, and the outputs that follow from how they fell. */
export interface Adjusted {
  readonly cells: readonly NearCell[]
  /** The expected outputs with the flips of these cells taken into account. */
  readonly expected: Outputs
  /** By output, what changed, in words. */
  readonly explained: ReadonlyMap<string, string>
  /** By output, how much it may differ because nobody can tell how its cells fell. */
  readonly slack: ReadonlyMap<string, number>
}

const plus = (tensor: AnyTensor | undefined, change: number): AnyTensor | undefined =>
  isFloat(tensor) ? { ...tensor, data: tensor.data.map((x) => x + change) as Float32Array } : tensor

function flipPlaces(mask: AnyTensor, cells: readonly MaskCell[]): AnyTensor {
  const data = (mask.data as Float32Array).slice()
  for (const { place } of cells) data[place] = 1 - (data[place] ?? 0)
  return { ...mask, data } as AnyTensor
}

const sum = (cells: readonly MaskCell[], of: (cell: MaskCell) => number): number => cells.reduce((n, c) => n + of(c), 0)

/** The cell as seen from a mask in which it is 1 or 0; the expected mask need not be the reference's own. */
function from(cell: MaskCell, kept: boolean): MaskCell {
  if (kept === cell.maskChange < 0) return cell
  return { ...cell, maskChange: kept ? -1 : 1, confidenceChange: -cell.confidenceChange }
}

/** Tells which of the cells fell on the other side, where the masks are outputs. */
function withFlips(cells: readonly MaskCell[], expected: Outputs, got: Outputs): MaskCell[] {
  return cells.map((cell): MaskCell => {
    const [want, have] = [expected, got].map((m) => m.get(ofScale('ignore_mask', cell.scale)))
    if (!want || !have) return cell
    const [before, after] = [want.data[cell.place], have.data[cell.place]]
    return { ...from(cell, Number(before) === 1), flipped: before !== after }
  })
}

/** The outputs of a case while the flips are worked into them. */
class Adjusting {
  readonly expected: Map<string, AnyTensor>
  readonly explained = new Map<string, string>()
  readonly slack = new Map<string, number>()

  constructor(expected: Outputs) {
    this.expected = new Map(expected)
  }

  /** Adds to a scalar what the flips of the cells change; what nobody can tell becomes slack. */
  scalar(output: string, cells: readonly MaskCell[], by: (cell: MaskCell) => number): void {
    const flipped = cells.filter((c) => c.flipped)
    const tensor = plus(this.expected.get(output), sum(flipped, by))
    if (!tensor) return
    this.expected.set(output, tensor)
    const text = `${flipped.length} cells at the threshold change it by ${sum(flipped, by)}`
    if (flipped.length > 0) this.explained.set(output, text)
    const unknown = cells.filter((c) => c.flipped === undefined)
    const slack = sum(unknown, (c) => Math.abs(by(c)))
    if (unknown.length > 0) this.slack.set(output, slack)
  }

  mask(output: string, cells: readonly MaskCell[]): void {
    const flipped = cells.filter((c) => c.flipped)
    const mask = this.expected.get(output)
    if (!mask || flipped.length === 0) return
    this.expected.set(output, flipPlaces(mask, flipped))
    this.explained.set(output, `${flipped.length} cells at the threshold fell on its other side`)
  }
}

/**
 * What the flips of cells near the threshold explain: masks and counts exactly, the confidence term by the
 * cross-entropies that appear or vanish. Where no mask is an output the sum of all of them is slack.
 */
export function adjustedForFlips(found: readonly MaskCell[], expected: Outputs, got: Outputs): Adjusted {
  const cells = withFlips(found, expected, got)
  const outputs = new Adjusting(expected)
  for (const l of new Set(cells.map((c) => c.scale))) {
    const here = cells.filter((c) => c.scale === l)
    outputs.scalar(ofScale('ignore', l), here, (c) => c.maskChange)
    outputs.scalar(ofScale('conf', l), here, (c) => c.confidenceChange)
    outputs.mask(ofScale('ignore_mask', l), here)
  }
  outputs.scalar('loss', cells, (c) => c.confidenceChange)
  const { expected: adjusted, explained, slack } = outputs
  return { cells: cells.map(({ place: _, ...cell }) => cell), expected: adjusted, explained, slack }
}
