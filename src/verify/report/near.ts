import { printable } from '../../io/index.js'
import { short } from '../compare/digits.js'
import type { OutputRow } from '../judge/result.js'
import type { NearCell } from '../threshold/undecided.js'

/** More of them are only counted. */
const mostShown = 8

function nearLine(cell: NearCell): string {
  const place = (['scale', 'image', 'row', 'column', 'anchor'] as const)
    .map((axis) => `${axis} ${cell[axis]}`)
    .join(', ')
  const change = `, on the other side: changes the confidence term by ${short(cell.confidenceChange)}`
  return `  ${place}: best IoU ${cell.bestIou} in [${cell.low}, ${cell.high}]${cell.flipped ? change : ''}`
}

/** The cells at the threshold of a case, and what they explain of its outputs. @param title of what they are */
export function nearSection(
  title: string,
  near: readonly NearCell[],
  rows: readonly Pick<OutputRow, 'output' | 'explained'>[],
): string[] {
  const flipped = near.filter((cell) => cell.flipped).length
  return [
    `${title}: ${near.length} cells within rounding of the threshold, ${flipped} on its other side`,
    ...rows.flatMap(({ output, explained }) => (explained ? [`  ${printable(output)}: ${explained}`] : [])),
    ...near.slice(0, mostShown).map(nearLine),
    ...(near.length > mostShown ? [`  and ${near.length - mostShown} more`] : []),
  ]
}
