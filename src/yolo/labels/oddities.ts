import type { Tensor } from '../../io/index.js'
import { type Axis, type Layout, labelAxes } from '../config/vocabulary.js'

/** A row of a head. */
export interface CellPlace {
  readonly scale: number
  readonly image: number
  readonly row: number
  readonly column: number
  readonly anchor: number
}

/** Something in the arrays of a loss that makes it infinite or NaN, or that was hardly meant. */
export interface Finding {
  readonly kind: 'zero-size' | 'negative-size' | 'non-finite-label' | 'non-finite-logit' | 'outside-cell' | 'too-many'
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

/** Rounding takes a centre on the border of its cell out of it by less. */
const borderSlack = 1e-5

const entryName = (d: number): string => entries[d] ?? `class ${d - entries.length}`

/** Collects findings of one kind: how many, and the first. */
class Tally {
  count = 0
  first: { at: CellPlace; what: string } | undefined

  constructor(readonly kind: Finding['kind']) {}

  add(at: () => CellPlace, what: () => string): void {
    this.count++
    this.first ??= { at: at(), what: what() }
  }

  get findings(): Finding[] {
    return this.first ? [{ kind: this.kind, count: this.count, ...this.first }] : []
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

const placeOf = (scale: number, { b, h, w, a }: Sizes): CellPlace => ({ scale, image: b, row: h, column: w, anchor: a })

/** float16 holds bits; all others hold numbers. */
const isFiniteAt = ({ dtype, data }: Tensor, i: number): boolean =>
  dtype === 'float16' ? (Number(data[i]) & 0x7c00) !== 0x7c00 : Number.isFinite(Number(data[i]))

const spelled = ({ dtype, data }: Tensor, i: number): string =>
  dtype === 'float16' ? ((Number(data[i]) & 0x3ff) === 0 ? 'infinite' : 'NaN') : String(data[i])

/** Numbers that are NaN or infinite in one array. */
function nonFinite(t: Tensor, kind: Finding['kind'], axes: readonly Axis[], sizes: Sizes, scale: number): Finding[] {
  const tally = new Tally(kind)
  const noun = kind === 'non-finite-label' ? 'label' : 'logit'
  for (let i = 0; i < t.data.length; i++) {
    if (isFiniteAt(t, i)) continue
    const at = unravel(i, axes, sizes)
    tally.add(
      () => placeOf(scale, at),
      () => `${entryName(at.d)} of a ${noun} is ${spelled(t, i)}`,
    )
  }
  return tally.findings
}

/** Looks at every positive row of the labels. */
function oddPositives(labels: Tensor, sizes: Sizes, scale: number, maxBoxes = Number.POSITIVE_INFINITY): Finding[] {
  const [zero, negative, outside, many] = (['zero-size', 'negative-size', 'outside-cell', 'too-many'] as const).map(
    (kind) => new Tally(kind),
  ) as [Tally, Tally, Tally, Tally]
  const boxes = Array<number>(sizes.b).fill(0)
  for (let i = 0; i < labels.data.length; i += sizes.d) {
    const [x, y, w, h, o] = Array.from({ length: 5 }, (_, d) => Number(labels.data[i + d])) as [
      number,
      number,
      number,
      number,
      number,
    ]
    if (o === 0) continue
    const cell = unravel(i, labelAxes, sizes)
    const at = () => placeOf(scale, cell)
    boxes[cell.b] = (boxes[cell.b] ?? 0) + 1
    const small = w <= 0 ? (['width', w] as const) : h <= 0 ? (['height', h] as const) : undefined
    if (small) (small[1] < 0 ? negative : zero).add(at, () => `a positive of ${small[0]} ${small[1]}`)
    const [zx, zy] = [x * sizes.w - cell.w, y * sizes.h - cell.h]
    if ([zx, zy].some((z) => z < -borderSlack || z > 1 + borderSlack))
      outside.add(at, () => `a positive with its centre at x ${x}, y ${y}, in another cell`)
    if (boxes[cell.b] === maxBoxes + 1)
      many.add(at, () => `more positives than the ${maxBoxes} boxes of the static form`)
  }
  return [zero, negative, outside, many].flatMap((tally) => tally.findings)
}

/**
 * What the arrays of one scale hold that makes a loss infinite or NaN (S9), or that no target assignment writes.
 * Independent of the graph, so that it explains graphs without diagnostics too.
 * @throws RangeError when labels are not of rank 5, or the logits not of their size
 */
export function findOddities({ scale, logits, labels, layout, maxBoxes }: ScaleArrays): Finding[] {
  if (labels.shape.length !== labelAxes.length || logits.data.length !== labels.data.length)
    throw new RangeError(`scale ${scale}: logits [${logits.shape}] and labels [${labels.shape}] do not fit together`)
  const [b, h, w, a, d] = labels.shape as [number, number, number, number, number]
  const sizes = { b, h, w, a, d }
  return [
    ...nonFinite(logits, 'non-finite-logit', layout.axes, sizes, scale),
    ...nonFinite(labels, 'non-finite-label', labelAxes, sizes, scale),
    ...oddPositives(labels, sizes, scale, maxBoxes),
  ]
}

/** The place of a finding in words: `image 0, scale 1, row 2, column 3, anchor 0`. */
export const spellPlace = ({ image, scale, row, column, anchor }: CellPlace): string =>
  `image ${image}, scale ${scale}, row ${row}, column ${column}, anchor ${anchor}`
