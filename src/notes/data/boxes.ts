import { boxesName } from '../../yolo/index.js'
import type { NoteKind } from '../note.js'
import { type Looked, placeIn } from './subject.js'

/** A row of boxes that has a width. */
interface Row {
  readonly image: number
  readonly row: number
  readonly corners: readonly [x1: number, y1: number, x2: number, y2: number]
}

export function rowsOf({ boxes }: Looked): Row[] {
  const [images = 0, rows = 0, numbers = 0] = boxes?.shape ?? []
  const found: Row[] = []
  for (let i = 0; i < images * rows; i++) {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = boxes?.data.subarray(i * numbers, i * numbers + 4) ?? []
    if (x2 > x1) found.push({ image: Math.floor(i / rows), row: i % rows, corners: [x1, y1, x2, y2] })
  }
  return found
}

const cornersOf = ({ corners: [x1, y1, x2, y2] }: Row) => ({ x1, y1, x2, y2 })

function told(rows: readonly Row[], { subject }: Looked) {
  const [first, ...others] = rows
  if (!first) return undefined
  const where = placeIn(subject, boxesName, [first.image, first.row])
  return { where, values: cornersOf(first), more: others.length }
}

export const normalisedBoxes: NoteKind<Looked> = {
  code: 'normalised-boxes',
  what: 'no box reaches beyond 1: they look like fractions, where pixels of the network input are meant',
  remedy: 'multiply x by the width of the input and y by its height',
  find: (looked) => {
    const rows = rowsOf(looked)
    return rows.some(({ corners }) => corners.some((x) => x > 1)) ? undefined : told(rows, looked)
  },
}

/** What is not finite is refused elsewhere. */
const isBeyond = (x: number, side: number): boolean => x > side && Number.isFinite(x)

/** A single box may reach out of its image, as targets --lint tells; most of them do in pixels of larger images. */
export const boxesBeyondInput: NoteKind<Looked> = {
  code: 'boxes-beyond-input',
  what: 'most boxes reach beyond the network input: they look like pixels of the image',
  remedy: 'boxes are pixels of the network input: scale them, or let yolo-loss targets letterbox them',
  find: (looked) => {
    const [height, width] = looked.size ?? []
    if (height === undefined || width === undefined) return undefined
    const rows = rowsOf(looked)
    const beyond = rows.filter(({ corners: [, , x2, y2] }) => isBeyond(x2, width) || isBeyond(y2, height))
    const found = 2 * beyond.length > rows.length ? told(beyond, looked) : undefined
    return found && { ...found, values: { ...found.values, input: `${height}×${width}` } }
  },
}
