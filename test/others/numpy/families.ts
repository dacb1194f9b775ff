import type { Random } from '../../../src/io/random.js'
import {
  anyBox,
  boxOf,
  exactBox,
  isInside,
  labelOf,
  oddBox,
  padding,
  type Row,
  row,
  type Span,
  spanned,
  zeroRow,
} from './rows.js'
import type { Setting } from './settings.js'
import { tiedSizes } from './ties.js'

/** Rows of one image; all of them have their centres inside, since any can be read in place of another (S32). */
export type Family = (random: Random, setting: Setting, count: number) => Row[]

const times = (count: number, draw: () => Row): Row[] => Array.from({ length: count }, draw)

/** A few places with many boxes each: the same again, of other classes, or a little moved. */
const crowded: Family = (random, setting, count) => {
  const places = times(3, () => anyBox(random, setting))
  return times(count, () => {
    const [x1, y1, x2, y2, label] = random.pick(places)
    const [dx, dy] = [random.pick([0, 0, 0.5, -1]), random.pick([0, 0, 1, -0.25])]
    const other = random.pick([label, labelOf(random, setting)])
    const moved = row(x1 + dx, y1 + dy, x2 + dx, y2 + dy, other)
    return isInside(moved, setting) ? moved : [x1, y1, x2, y2, other]
  })
}

/** Padding in front, between and behind; only that behind is harmless. */
const padded: Family = (random, setting, count) => {
  const [first, last] = [random.integer(0, count), random.integer(0, count)].sort((a, b) => a - b) as [number, number]
  const between = random.pick([0, 0, 0.1, 0.5])
  const front = random.pick([0, first])
  return Array.from({ length: count }, (_, t) => {
    if (t >= front && t < last) return random.uniform() < between ? padding(random, setting) : anyBox(random, setting)
    return random.pick([zeroRow, zeroRow, padding(random, setting)])
  })
}

const odd: Family = (random, setting, count) =>
  times(count, () => random.pick([oddBox, oddBox, anyBox])(random, setting))

/** Boxes of the size of an anchor: exactly, halved, doubled, turned by a quarter, or off by little. */
const anchorSized: Family = (random, setting, count) =>
  times(count, () => {
    const [w, h] = random.pick(setting.config.anchors)
    const factor = random.pick([1, 1, 0.5, 2])
    if (random.uniform() < 0.2) return boxOf(random, setting, w * factor, h * factor)
    return random.uniform() < 0.2 ? exactBox(random, setting, h, w) : exactBox(random, setting, w * factor, h * factor)
  })

const tied: Family = (random, setting, count) => {
  const sizes = tiedSizes(setting.config)
  return times(count, () =>
    sizes.length > 0 ? exactBox(random, setting, ...random.pick(sizes)) : anyBox(random, setting),
  )
}

/** Upside down, and as large as an anchor: area and anchor's area add up to 0, and its IoU is 0/0. */
const negativeArea: Family = (random, setting, count) =>
  times(count, () => {
    const [anchorW, anchorH] = random.pick(setting.config.anchors)
    const factor = random.pick([0.25, 0.5, 1, 2])
    const [x1, y1, x2, y2, label] = exactBox(random, setting, anchorW * factor, anchorH / factor)
    return [x1, y2, x2, y1, label]
  })

/** Centres in the first and in the last pixel, on either side of each border that floats have. */
const borders: Family = (random, setting, count) => {
  const span = (extent: number): Span => {
    const sum = random.pick([0, 2 ** -100, 1, 2 - 2 ** -23, 2, 2 * extent - 2, 2 * extent - 1, 2 * extent - 2 ** -13])
    const half = random.pick([sum / 2, 0.5, 8, extent / 2, extent, sum])
    return [sum / 2 - half, sum / 2 + half]
  }
  return times(count, () => spanned(random, setting, span))
}

/** Boxes about or beside the corner, with ends out of a list. */
const fromCorner =
  (ends: readonly number[]): Family =>
  (random, setting, count) => {
    const span = (extent: number): Span =>
      random.pick<Span>([
        [0, random.pick(ends)],
        [-random.pick(ends), random.pick(ends)],
        [random.pick(ends), -random.pick(ends)],
        [-0, random.pick([0, -0])],
        [0, random.integer(1, extent)],
      ])
    return times(count, () => spanned(random, setting, span))
  }

/** Sides whose halves are no float32: the original halves before it compares with the anchors. */
const subnormal = fromCorner([1, 2, 3, 5, 1001].map((factor) => factor * 2 ** -149))

/** Areas and sums that float32 cannot hold, or only as 0. */
const extreme = fromCorner([2 ** -125, 2 ** -100, 2 ** -63, 2 ** 70, 2 ** 127])

export const families = {
  any: (random, setting, count) => times(count, () => anyBox(random, setting)),
  ...{ crowded, padded, odd, anchorSized, tied, negativeArea, borders, extreme, subnormal },
} satisfies Record<string, Family>

/** A box for each whole centre along each axis and each scale. */
export function wholeCentres(random: Random, setting: Setting): Row[] {
  const { size, config } = setting
  const scales = config.anchorMask.map((mask) => config.anchors[mask.at(-1) as number] as readonly [number, number])
  return scales.flatMap((sides) =>
    [1, 0].flatMap((axis) =>
      Array.from({ length: size[axis] as number }, (_, along) => {
        const across = random.integer(0, (size[1 - axis] as number) - 1)
        const [x, y] = axis === 1 ? [along, across] : [across, along]
        const [w, h] = sides.map((side) => 2 * Math.floor(side / 2)) as [number, number]
        return row(x - w / 2, y - h / 2, x + w / 2, y + h / 2, labelOf(random, setting))
      }),
    ),
  )
}
