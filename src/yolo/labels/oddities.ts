import type { Tensor } from '../../io/index.js'
import { type Axis, borderSlack, type Layout, labelAxes } from '../config/vocabulary.js'

/** A row of a head. */
export interface CellPlace {
  readonly scale: number
  readonly image: number
  readonly row: number
  readonly column: number
  /** Place of the anchor within its scale. */
  readonly anchor: number
}

// In the order in which they are told.
const kinds = [
  'non-finite-logit',
  'non-finite-label',
  'zero-size',
  'negative-size',
  'outside-cell',
  'too-many',
] as const

/** Something in the arrays of a loss that makes it infinite or NaN, or that was hardly meant. */
export interface Oddity {
  readonly kind: (typeof kinds)[number]
  /** How many there are in this scale. */
  readonly count: number
  /** The first of them, in the order of the labels. */
  readonly at: CellPlace
  /** What is there, as the end of a sentence: `a positive of width 0`. */
  readonly what: string
}

/** Arrays of one scale. */
export interface ScaleArrays {
  readonly scale: number
  readonly logits: Tensor
  /** `[B, h, w, A, 5+C]` */
  readonly labels: Tensor
  readonly layout: Layout
  /** Most boxes of an image that the graph takes, for the static form. */
  readonly maxBoxes?: number
}

type Sizes = Readonly<Record<Axis, number>>

const entries = ['x', 'y', 'w', 'h', 'objectness'] as const

const entryName = (d: number): string => entries[d] ?? `class ${d - entries.length}`

/** What is odd in a scale: of each kind how many there are, and the first. */
class Found {
  readonly #oddities = new Map<string, Oddity>()

  constructor(readonly scale: number) {}

  add(kind: Oddity['kind'], { b, h, w, a }: Sizes, what: () => string): void {
    const at = { scale: this.scale, image: b, row: h, column: w, anchor: a }
    const known = this.#oddities.get(kind) ?? { kind, count: 0, at, what: what() }
    this.#oddities.set(kind, { ...known, count: known.count + 1 })
  }

  get all(): Oddity[] {
    return kinds.flatMap((kind) => this.#oddities.get(kind) ?? [])
  }
}

/** Where a place in memory lies, by axis. */
function unravel(place: number, axes: readonly Axis[], sizes: Sizes): Sizes {
  let rest = place
  const at: Record<Axis, number> = { b: 0, h: 0, w: 0, a: 0, d: 0 }
  for (const axis of axes.toReversed()) {
    at[axis] = rest % sizes[axis]
    rest = (rest - at[axis]) / sizes[axis]
  }
  return at
}

/** float16 holds bits; all others hold numbers. */
const isFiniteAt = ({ dtype, data }: Tensor, i: number): boolean =>
  dtype === 'float16' ? (Number(data[i]) & 0x7c00) !== 0x7c00 : Number.isFinite(Number(data[i]))

const spelled = ({ dtype, data }: Tensor, i: number): string =>
  dtype === 'float16' ? ((Number(data[i]) & 0x3ff) === 0 ? 'infinite' : 'NaN') : String(data[i])

/** Numbers that are NaN or infinite in one array. */
function addNonFinite(found: Found, t: Tensor, noun: 'logit' | 'label', axes: readonly Axis[], sizes: Sizes): void {
  for (let i = 0; i < t.data.length; i++) {
    if (isFiniteAt(t, i)) continue
    const at = unravel(i, axes, sizes)
    found.add(`non-finite-${noun}`, at, () => `${entryName(at.d)} of a ${noun} is ${spelled(t, i)}`)
  }
}

/** Looks at every positive row of the labels. */
function addOddPositives(found: Found, labels: Tensor, sizes: Sizes, maxBoxes = Number.POSITIVE_INFINITY): void {
  const boxes = Array<number>(sizes.b).fill(0)
  for (let i = 0; i < labels.data.length; i += sizes.d) {
    const [x = 0, y = 0, w = 0, h = 0, o = 0] = Array.from(entries, (_, d) => Number(labels.data[i + d]))
    if (o === 0) continue
    const at = unravel(i, labelAxes, sizes)
    boxes[at.b] = (boxes[at.b] ?? 0) + 1
    const small = w <= 0 ? (['width', w] as const) : h <= 0 ? (['height', h] as const) : undefined
    if (small) found.add(small[1] < 0 ? 'negative-size' : 'zero-size', at, () => `a positive of ${small.join(' ')}`)
    const inCell = [x * sizes.w - at.w, y * sizes.h - at.h]
    if (inCell.some((z) => z < -borderSlack || z > 1 + borderSlack))
      found.add('outside-cell', at, () => `a positive with its centre at x ${x}, y ${y}, in another cell`)
    if (boxes[at.b] === maxBoxes + 1)
      found.add('too-many', at, () => `more positives than the ${maxBoxes} boxes of the static form`)
  }
}

/**
 * What the arrays of one scale hold that makes a loss infinite or NaN (S9), or that no target assignment writes.
 * Independent of the graph, so that it explains graphs without diagnostics too.
 * @throws RangeError when labels are not of rank 5, or the logits not of their size
 */
export function findOddities({ scale, logits, labels, layout, maxBoxes }: ScaleArrays): Oddity[] {
  if (labels.shape.length !== labelAxes.length || logits.data.length !== labels.data.length)
    throw new RangeError(`scale ${scale}: logits [${logits.shape}] and labels [${labels.shape}] do not fit together`)
  const [b, h, w, a, d] = labels.shape as [number, number, number, number, number]
  const sizes = { b, h, w, a, d }
  const found = new Found(scale)
  addNonFinite(found, logits, 'logit', layout.axes, sizes)
  addNonFinite(found, labels, 'label', labelAxes, sizes)
  addOddPositives(found, labels, sizes, maxBoxes)
  return found.all
}

/** The place of an oddity in words: `image 0, scale 1, row 2, column 3, anchor 0`. */
export const spellPlace = ({ image, scale, row, column, anchor }: CellPlace): string =>
  `image ${image}, scale ${scale}, row ${row}, column ${column}, anchor ${anchor}`
