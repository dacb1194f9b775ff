import type { Random } from '../../../src/io/random.js'
import type { Setting } from './settings.js'

/** `x1 y1 x2 y2 class`, as the numbers will be in float32. */
export type Row = readonly [x1: number, y1: number, x2: number, y2: number, label: number]

/** Steps in which coordinates come, as parts of a pixel; 0 for any float32. */
const grids = [1, 2, 8, 0] as const
type Grid = (typeof grids)[number]

/** Both ends of a side. */
export type Span = [low: number, high: number]

const { fround } = Math

const onGrid = (x: number, grid: Grid): number => (grid === 0 ? fround(x) : Math.round(x * grid) / grid)

export const row = (...numbers: Row): Row => numbers.map(fround) as unknown as Row

/** Whether the centre is one that both sides take. */
export function isInside([x1, y1, x2, y2]: Row, { size: [height, width] }: Setting): boolean {
  const [x, y] = [fround(x1 + x2) / 2, fround(y1 + y2) / 2]
  return x >= 0 && x < width && y >= 0 && y < height
}

/** Mostly whole; else of those that are cut off to a class there is, −0.5 and the float32 below C among them. */
export function labelOf(random: Random, { config: { classes } }: Setting): number {
  const whole = random.integer(0, classes - 1)
  if (random.uniform() < 0.85) return whole
  return fround(random.pick([whole + 0.5, whole + 0.999, -0.5, -0, classes - 2 ** -14]))
}

/** From a twentieth of a pixel to a little more than the image, each factor as likely as any other. */
const sideOf = (random: Random, extent: number): number => 0.05 * ((1.1 * extent) / 0.05) ** random.uniform()

function span(random: Random, extent: number, side: number, grid: Grid): Span {
  const centre = random.uniform() * extent
  const low = onGrid(centre - side / 2, grid)
  const high = onGrid(centre + side / 2, grid)
  return [low, high > low ? high : fround(low + (grid === 0 ? side : 1 / grid))]
}

/** Draws until the centre is inside. */
function inside(setting: Setting, draw: () => Row): Row {
  for (;;) {
    const drawn = draw()
    if (isInside(drawn, setting)) return drawn
  }
}

/** A box with the ends that are drawn for each axis, for its extent. */
export const spanned = (random: Random, setting: Setting, span: (extent: number) => Span): Row =>
  inside(setting, () => {
    const [[x1, x2], [y1, y2]] = [span(setting.size[1]), span(setting.size[0])]
    return row(x1, y1, x2, y2, labelOf(random, setting))
  })

/** A box of sides about `w` and `h` at any place. */
export const boxOf = (random: Random, setting: Setting, w: number, h: number): Row =>
  inside(setting, () => {
    const grid = random.pick(grids)
    const [x1, x2] = span(random, setting.size[1], w, grid)
    const [y1, y2] = span(random, setting.size[0], h, grid)
    return row(x1, y1, x2, y2, labelOf(random, setting))
  })

export function anyBox(random: Random, setting: Setting): Row {
  const [height, width] = setting.size
  return boxOf(random, setting, sideOf(random, width), sideOf(random, height))
}

/** A box whose sides are these to the last bit, if they are multiples of 1/16. */
export function exactBox(random: Random, setting: Setting, w: number, h: number): Row {
  const corner = (extent: number, side: number) => onGrid(random.uniform() * extent - side / 2, 8)
  return inside(setting, () => {
    const [x1, y1] = [corner(setting.size[1], w), corner(setting.size[0], h)]
    return row(x1, y1, x1 + w, y1 + h, labelOf(random, setting))
  })
}

export const zeroRow: Row = [0, 0, 0, 0, 0]

/** What the original takes for padding: a box of no width, or of a negative one. */
export const padding = (random: Random, setting: Setting): Row =>
  inside(setting, () => {
    const [x1, y1, x2, y2, label] = anyBox(random, setting)
    return random.pick<Row>([zeroRow, zeroRow, [x1, y1, x1, y2, label], [x2, y1, x1, y2, label], [0, 0, 0, 0, label]])
  })

/** A box turned upside down, from right to left or both, flat, or a point. */
export const oddBox = (random: Random, setting: Setting): Row =>
  inside(setting, () => {
    const [x1, y1, x2, y2, label] = anyBox(random, setting)
    return random.pick<Row>([
      [x1, y2, x2, y1, label],
      [x1, y1, x2, y1, label],
      [x1, y1, x1, y2, label],
      [x2, y2, x1, y1, label],
      [x1, y1, x1, y1, label],
    ])
  })
