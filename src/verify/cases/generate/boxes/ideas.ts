import type { Random } from '../../../../io/index.js'
import { type PixelBox, randomBoxes, type Size } from '../../scene/scene.js'
import type { SceneConfig } from '../../scene/tensors.js'

/** What rows of boxes are made for. */
export interface BoxSpace {
  readonly config: SceneConfig
  readonly size: Size
  /** Rows that an image may have. */
  readonly rows: number
  readonly random: Random
}

/** Rows of one image, without those of zeros that fill it up. */
export interface BoxIdea {
  readonly name: string
  readonly rows: (space: BoxSpace) => readonly PixelBox[]
}

const many = ({ rows }: BoxSpace, most: number): number => Math.min(rows, most)

const ordinaryRows = (space: BoxSpace, most: number): PixelBox[] =>
  randomBoxes(many(space, most), space.size, space.config, space.random)

/** Boxes about as large as the anchors. */
const ordinary: BoxIdea = { name: 'boxes', rows: (space) => ordinaryRows(space, 12) }

/** Boxes that share a cell and an anchor, of one class and of others: the last one stays, all classes count. */
const shared: BoxIdea = {
  name: 'shared',
  rows: (space) => {
    const { random, config } = space
    const own = ordinaryRows(space, 4)
    const again = own.flatMap(([x1, y1, x2, y2, label]): PixelBox[] => [
      [x1, y1, x2, y2, random.integer(0, config.classes - 1)],
      [x1, y1, x2 + 1, y2, label],
    ])
    return [...own, ...again].slice(0, space.rows)
  },
}

const centred = (x: number, y: number, [w, h]: readonly [number, number], label: number): PixelBox => [
  x - w / 2,
  y - h / 2,
  x + w / 2,
  y + h / 2,
  label,
]

/** Centres in the first and last pixel, and on the borders of cells, where float32 decides about the cell. */
const borders: BoxIdea = {
  name: 'borders',
  rows: (space) => {
    const { random, config, size } = space
    const [height, width] = size
    const at = (side: number) => random.pick([0, side - 1, 8 * random.integer(0, side / 8 - 1)])
    const sides = () => random.pick(config.anchors).map((s) => 2 * Math.max(1, Math.round(s / 2))) as [number, number]
    return Array.from({ length: many(space, 12) }, () =>
      centred(at(width), at(height), sides(), random.integer(0, config.classes - 1)),
    )
  },
}

/** Sides and coordinates that are no whole pixels, exact anchors, and boxes beyond the image. */
const sizes: BoxIdea = {
  name: 'sizes',
  rows: (space) => {
    const { random, config, size } = space
    const [height, width] = size
    const whole: PixelBox = [0, 0, width, height, 0]
    const own = Array.from({ length: many(space, 10) }, (_, k): PixelBox => {
      const [w, h] = random.pick(config.anchors)
      const scale = [1, 0.125, 0.37, 3][k % 4] as number
      const [x, y] = [random.uniform() * (width - 1), random.uniform() * (height - 1)]
      return centred(x, y, [w * scale, h * scale], random.integer(0, config.classes - 1) + (k % 3 === 0 ? 0.5 : 0))
    })
    return [whole, ...own].slice(0, space.rows)
  },
}

const zeroRow: PixelBox = [0, 0, 0, 0, 0]

/** Rows of no width behind the boxes, and boxes of negative width, which are none. */
const filled: BoxIdea = {
  name: 'filled',
  rows: (space) => {
    const own = ordinaryRows(space, Math.max(1, Math.min(4, space.rows - 3)))
    const [x1, y1, x2, y2, label] = own[0] as PixelBox
    return [...own, zeroRow, [x2, y1, x1, y2, label] as PixelBox, [x1, y1, x1, y2, label] as PixelBox].slice(
      0,
      space.rows,
    )
  },
}

/** Rows of no width in front of boxes and between them, which the original misreads. */
const misread: BoxIdea = {
  name: 'misread',
  rows: (space) => [zeroRow, ...ordinaryRows(space, 3), zeroRow, ...ordinaryRows(space, 2)].slice(0, space.rows),
}

/** A box of no height. */
const flat: BoxIdea = {
  name: 'flat',
  rows: (space) => {
    const [[x1, y1, x2, , label] = zeroRow, ...rest] = ordinaryRows(space, 3)
    return [[x1, y1, x2, y1, label], ...rest]
  },
}

const empty: BoxIdea = { name: 'empty', rows: () => [] }

/** One row that is refused among others. */
const refused = (name: string, odd: (space: BoxSpace, box: PixelBox) => PixelBox): BoxIdea => ({
  name,
  rows: (space) => {
    const [first = zeroRow, ...rest] = ordinaryRows(space, 5)
    return [...rest, odd(space, first)].slice(-space.rows)
  },
})

/** A row of no width in front of boxes, which the original reads as one of them. */
const noWidth = (name: string, odd: (space: BoxSpace, box: PixelBox) => PixelBox): BoxIdea => ({
  name,
  rows: (space) => {
    const [first = zeroRow, ...rest] = ordinaryRows(space, 5)
    return [odd(space, first), ...rest].slice(0, space.rows)
  },
})

const [infinite, nan] = [Number.POSITIVE_INFINITY, Number.NaN]

/** Ideas whose losses are of one size, so that none hides another. */
export const sound: readonly BoxIdea[] = [ordinary, shared, borders, sizes, filled, empty]

/** Ideas whose loss is infinite or NaN where the original is followed. */
export const unsound: readonly (readonly BoxIdea[])[] = [
  [misread],
  [flat],
  [
    refused('class', ({ config }, [x1, y1, x2, y2]) => [x1, y1, x2, y2, config.classes]),
    ordinary,
    refused('negative', (_, [x1, y1, x2, y2]) => [x1, y1, x2, y2, -1]),
    refused('outside', ({ size: [, width] }, [x1, y1, x2, y2, label]) => [x1 + width, y1, x2 + width, y2, label]),
    refused('infinite', (_, [, y1, x2, y2, label]) => [-infinite, y1, x2, y2, label]),
    refused('nan', (_, [x1, y1, x2, , label]) => [x1, y1, x2, nan, label]),
  ],
  [
    refused('no-width-class', ({ config }, [x1, y1, , y2]) => [x1, y1, x1, y2, config.classes]),
    refused('no-width-nan', (_, [x1, y1, , y2]) => [x1, y1, x1, y2, nan]),
    refused('no-width-infinite', (_, [x1, , , y2, label]) => [x1, -infinite, x1, y2, label]),
    ordinary,
    noWidth('no-width-negative', (_, [x1, y1, , y2]) => [x1, y1, x1, y2, -1]),
    noWidth('no-width-outside', ({ size: [, width] }, [x1, y1, , y2, label]) => [
      x1 + width,
      y1,
      x1 + width,
      y2,
      label,
    ]),
  ],
  [
    {
      name: 'behind-refused',
      rows: (space) => {
        const [bad = zeroRow, ...rest] = ordinaryRows(space, 4)
        return [bad.with(4, space.config.classes) as unknown as PixelBox, ...rest, zeroRow].slice(0, space.rows)
      },
    },
    {
      name: 'refused-behind',
      rows: (space) => {
        const [bad = zeroRow, ...rest] = ordinaryRows(space, 3)
        return [...rest, zeroRow, bad.with(4, space.config.classes) as unknown as PixelBox].slice(-space.rows)
      },
    },
  ],
]
