import fc from 'fast-check'
import { float32, type Tensor } from '../../src/io/tensor.js'
import { presets } from '../../src/yolo/config/presets.js'
import type { Anchor } from '../../src/yolo/config/vocabulary.js'

/** What boxes are assigned to. */
export interface Setting {
  readonly anchors: readonly Anchor[]
  readonly anchorMask: readonly (readonly number[])[]
  readonly classes: number
  readonly input: readonly [height: number, width: number]
}

/** Boxes, and how they are to be read. */
export interface BoxScene extends Setting {
  readonly labels: 'boxes' | 'weighted-boxes'
  readonly padding: 'original' | 'anywhere'
  readonly badBoxes: 'nan' | 'drop'
  readonly boxes: Tensor<'float32'>
}

type Row = readonly number[]
type Span = readonly [low: number, high: number]

/** A row, or one of those before it once more with another class. */
type Spec = Row | { readonly back: number; readonly label: number }

export const zeroRow: Row = [0, 0, 0, 0, 0]

/** Both ends of a side on whole pixels or parts of them, the centre inside. */
const gridSpan = (extent: number, part: number): fc.Arbitrary<Span> =>
  fc
    .tuple(fc.nat(extent * part - 1), fc.integer({ min: 1, max: Math.ceil(1.1 * extent * part) }))
    .map(([centre, side]) => {
      const low = (centre - Math.floor(side / 2)) / part
      return [low, low + side / part]
    })

/** Any 24 bits: the rounding of float32 shows in every step. */
const fraction = fc.nat(2 ** 24 - 1).map((n) => n / 2 ** 24)

const anySpan = (extent: number): fc.Arbitrary<Span> =>
  fc.tuple(fraction, fraction).map(([centre, side]) => {
    const half = (0.05 * ((1.1 * extent) / 0.05) ** side) / 2
    return [Math.fround(centre * extent - half), Math.fround(centre * extent + half)]
  })

const span = (extent: number): fc.Arbitrary<Span> =>
  fc.oneof(gridSpan(extent, 1), gridSpan(extent, 2), gridSpan(extent, 8), anySpan(extent))

/** Centres that are cut to the first or the last pixel. */
const borderSpan = (extent: number): fc.Arbitrary<Span> =>
  fc
    .tuple(fc.constantFrom(0, 1, 2 * extent - 2, 2 * extent - 1), fc.integer({ min: 1, max: 2 * extent }))
    .map(([sum, side]) => [(sum - side) / 2, (sum + side) / 2])

/** A side of just this length. */
const exactSpan = (extent: number, side: number): fc.Arbitrary<Span> =>
  fc.nat(8 * extent - 1).map((centre) => {
    const low = (centre - Math.floor(4 * side)) / 8
    return [low, low + side]
  })

const label = (classes: number): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.nat(classes - 1) },
    { weight: 1, arbitrary: fc.constantFrom(classes - 0.5, classes - 2 ** -10, -0.5, -0, 0.999) },
  )

const rowOf = ([x1, x2]: Span, [y1, y2]: Span, c: number): Row => [x1, y1, x2, y2, c]

/** What else is done to a box: flat, upside down, from right to left. */
const odd: readonly ((row: Row) => Row)[] = [
  ([x1, y1, , y2, c]) => [x1, y1, x1, y2, c] as number[],
  ([x1, y1, x2, , c]) => [x1, y1, x2, y1, c] as number[],
  ([x1, y1, x2, y2, c]) => [x1, y2, x2, y1, c] as number[],
  ([x1, y1, x2, y2, c]) => [x2, y1, x1, y2, c] as number[],
  ([x1, y1, x2, y2, c]) => [x2, y2, x1, y1, c] as number[],
]

function boxRow({ input: [height, width], classes, anchors }: Setting): fc.Arbitrary<Row> {
  const of = (x: fc.Arbitrary<Span>, y: fc.Arbitrary<Span>) =>
    fc.tuple(x, y, label(classes)).map(([x, y, c]) => rowOf(x, y, c))
  const plain = of(span(width), span(height))
  const anchorSized = fc
    .tuple(fc.constantFrom(...anchors), fc.constantFrom(1, 1, 0.5, 2))
    .chain(([[w, h], by]) => of(exactSpan(width, w * by), exactSpan(height, h * by)))
  return fc.oneof(
    { weight: 8, arbitrary: plain },
    { weight: 3, arbitrary: anchorSized },
    { weight: 2, arbitrary: of(fc.oneof(borderSpan(width), span(width)), borderSpan(height)) },
    { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...odd), fc.oneof(plain, anchorSized)).map(([f, row]) => f(row)) },
  )
}

/** Rows for which the original raises, or writes elsewhere. */
function refusedRow(setting: Setting): fc.Arbitrary<Row> {
  const { input, classes } = setting
  const [height, width] = input
  const broken = fc.record({ at: fc.nat(4), as: fc.constantFrom(Number.NaN, Infinity, -Infinity) })
  const foreign = fc.constantFrom(-1, -1.5, -6, classes, classes + 0.5, 1e9)
  const shifted = fc.constantFrom<Span>([width, 0], [-width - 1, 0], [0, height], [0, -height - 1], [1e30, 0])
  const change: fc.Arbitrary<(row: Row) => Row> = fc.oneof(
    broken.map(
      ({ at, as }) =>
        (row: Row) =>
          row.with(at, as),
    ),
    foreign.map((c) => (row: Row) => row.with(4, c)),
    shifted.map((by) => (row: Row) => row.map((x, k) => (k < 4 ? x + (by[k % 2] as number) : x))),
  )
  return fc.tuple(change, fc.oneof(boxRow(setting), fc.constant(zeroRow))).map(([f, row]) => f(row))
}

function specOf(setting: Setting, refused: number): fc.Arbitrary<Spec> {
  const again = fc.record({ back: fc.integer({ min: 1, max: 4 }), label: fc.nat(setting.classes - 1) })
  return fc.oneof<fc.WeightedArbitrary<Spec>[]>(
    { weight: 12, arbitrary: fc.constant(zeroRow) },
    { weight: 48, arbitrary: boxRow(setting) },
    { weight: 12, arbitrary: again },
    { weight: refused, arbitrary: refusedRow(setting) },
  )
}

function rowsOf(specs: readonly Spec[]): Row[] {
  const rows: Row[] = []
  for (const spec of specs) rows.push('back' in spec ? (rows.at(-spec.back) ?? zeroRow).with(4, spec.label) : spec)
  return rows
}

const weight = fc.constantFrom(1, 0, 0.4, -1, 1.5)

const readings: fc.Arbitrary<Reading> = fc.record({
  labels: fc.constantFrom('boxes', 'weighted-boxes'),
  padding: fc.constantFrom('original', 'anywhere'),
  badBoxes: fc.constantFrom('nan', 'drop'),
})

/** How boxes are read. */
export type Reading = Pick<BoxScene, 'labels' | 'padding' | 'badBoxes'>

interface SceneOptions extends Partial<Reading> {
  readonly batch?: number
  /** Most rows of an image. */
  readonly rows?: number
  /** How often a row is one that is refused, in parts of about 75. */
  readonly refused?: number
}

/** Boxes for a setting: of all kinds, in any order, with rows of no width among them. */
export function boxScenes(setting: Setting, options: SceneOptions = {}): fc.Arbitrary<BoxScene> {
  const { batch = 2, rows = 8, refused = 3, ...fixed } = options
  const images = fc.array(fc.array(specOf(setting, refused), { maxLength: rows }).map(rowsOf), {
    minLength: batch,
    maxLength: batch,
  })
  const weights = fc.array(weight, { minLength: batch * rows, maxLength: batch * rows })
  return fc.tuple(readings, images, weights).map(([drawn, images, weights]) => {
    const how = { ...drawn, ...fixed }
    const all = images.flatMap((image) => Array.from({ length: rows }, (_, t) => image[t] ?? zeroRow))
    const weighted = how.labels === 'weighted-boxes'
    const numbers = weighted ? all.flatMap((row, i) => [...row, weights[i] as number]) : all.flat()
    return { ...setting, ...how, boxes: float32([batch, rows, weighted ? 6 : 5], numbers) }
  })
}

const { 'yolov3-coco': coco, 'yolov3-tiny-coco': tiny } = presets

/** Anchors of each other's area or turned by a quarter, so that sides in whole pixels tie. */
const tied: Pick<Setting, 'anchors' | 'anchorMask'> = {
  anchors: [[16, 16], [8, 32], [32, 8], [16, 32], [32, 16], [64, 64]], // biome-ignore format: pairs
  anchorMask: tiny.anchorMask,
}

const ownAnchors = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 2000 })), { minLength: 1, maxLength: 7 })
  .map((pairs) => pairs.map(([w, h]): Anchor => [w / 8, h / 8]))

const ownTables = ownAnchors.chain((anchors) =>
  fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: Math.min(3, anchors.length) })).chain(([L, A]) => {
    const mask = fc.shuffledSubarray([...anchors.keys()], { minLength: A, maxLength: A })
    return fc.array(mask, { minLength: L, maxLength: L }).map((anchorMask) => ({ anchors, anchorMask }))
  }),
)

const side = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 6 }).map((n) => 32 * n) },
  { weight: 1, arbitrary: fc.constantFrom(320, 416, 608) },
)

/** Anchors, masks, classes and sizes: those of presets, and any. */
export const settings: fc.Arbitrary<Setting> = fc
  .record({
    tables: fc.oneof(
      fc.constantFrom<Pick<Setting, 'anchors' | 'anchorMask'>[]>(coco, tiny, tied),
      ownTables as fc.Arbitrary<Pick<Setting, 'anchors' | 'anchorMask'>>,
    ),
    classes: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constantFrom(20, 80)),
    input: fc.tuple(side, side),
  })
  .map(({ tables: { anchors, anchorMask }, classes, input }) => ({ anchors, anchorMask, classes, input }))
