import { boxEntries } from '../../yolo/index.js'
import type { Found, NoteKind } from '../note.js'
import { indexOf, type Looked, placeIn, type ScaleLabels } from './subject.js'

/** A row of labels with an object. */
interface Positive {
  readonly scale: ScaleLabels
  readonly at: number
}

const positivesOf = ({ scales }: Looked): Positive[] =>
  scales.flatMap((scale) => scale.positives.map((at) => ({ scale, at })))

const entry = ({ scale, at }: Positive, d: number): number => Number(scale.labels.data[at + d])

/** The first of some rows, with values of it. */
function told(rows: readonly Positive[], { subject }: Looked, values: (row: Positive) => Found['values']) {
  const [first, ...others] = rows
  if (!first) return undefined
  const where = placeIn(subject, first.scale.name, indexOf(first.scale, first.at))
  return { where, values: values(first), more: others.length }
}

/** Beyond this a side or centre is no fraction, however far a box reaches out of its image. */
const mostFraction = 2

const isMost = (rows: readonly Positive[], all: readonly Positive[]): boolean => 2 * rows.length > all.length

export const labelsInPixels: NoteKind<Looked> = {
  code: 'labels-in-pixels',
  what: 'the label looks like pixels, where fractions of the network input are meant',
  remedy: 'divide x and w by the width of the input, y and h by its height; yolo-loss targets makes labels of boxes',
  find: (looked) => {
    const all = positivesOf(looked)
    const large = all.filter((row) => [0, 1, 2, 3].some((d) => entry(row, d) > mostFraction))
    if (!isMost(large, all)) return undefined
    return told(large, looked, (row) => ({ x: entry(row, 0), y: entry(row, 1), w: entry(row, 2), h: entry(row, 3) }))
  },
}

export const objectnessAboveOne: NoteKind<Looked> = {
  code: 'objectness-above-1',
  what: 'the objectness is above 1, and weighs every term of its box',
  remedy: 'an objectness is 0 or 1, or the weight of mixup between them: divide it by 255 if it comes from a mask',
  find: (looked) => {
    const odd = positivesOf(looked).filter((row) => entry(row, boxEntries - 1) > 1)
    return told(odd, looked, (row) => ({ objectness: entry(row, boxEntries - 1) }))
  },
}

/** The values of a row's classes that are not 0. */
function classesOf({ scale: { labels, entries }, at }: Positive): readonly number[] {
  const found: number[] = []
  for (let i = at + boxEntries; i < at + entries; i++) if (labels.data[i] !== 0) found.push(Number(labels.data[i]))
  return found
}

export const noClass: NoteKind<Looked> = {
  code: 'no-class',
  what: 'an object has no class: all its entries are 0',
  remedy: 'write a 1 at the place of its class, counted from 0, behind the objectness',
  find: (looked) =>
    told(
      positivesOf(looked).filter((row) => classesOf(row).length === 0),
      looked,
      ({ scale }) => ({ classes: scale.entries - boxEntries }),
    ),
}

/** Two boxes of one cell and anchor leave both their classes, so that only many such rows are a mistake. */
export const severalClasses: NoteKind<Looked> = {
  code: 'several-classes',
  what: 'most objects have several classes, in labels of 0 and 1',
  remedy: 'write a single 1 for each object, unless objects of several classes are meant',
  find: (looked) => {
    const all = positivesOf(looked)
    const rows = all.filter((row) => {
      const classes = classesOf(row)
      return classes.length > 1 && classes.every((x) => x === 1)
    })
    return isMost(rows, all) ? told(rows, looked, (row) => ({ classes: classesOf(row).length })) : undefined
  },
}
