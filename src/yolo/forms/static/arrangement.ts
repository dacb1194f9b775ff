import type { Real } from '../../../io/index.js'
import { tensorOf, type Value } from '../../../onnx/index.js'
import { ConfigError } from '../../config/config.js'
import { coarsestStride } from '../../config/vocabulary.js'
import { sum } from '../../formulas/sum.js'
import type { Heads, LabelledHead } from '../../heads/head.js'

/** Numbers of one scale of the static form. */
export interface ScaleArrangement {
  readonly h: number
  readonly w: number
  readonly a: number
  readonly d: number
  /** Cells of an image, N = h·w·A. */
  readonly cells: number
  /** Units they make. */
  readonly units: number
  /** Rows taken out of an image, K. */
  readonly rows: number
  /** Whether the last row is a spare one, which must stay empty. */
  readonly spare: boolean
}

/** Numbers of the static form: everything that shapes and tables are made from. */
export interface Arrangement {
  readonly batch: number
  readonly scales: readonly ScaleArrangement[]
  /** Cells of the coarsest scale; every scale is laid out in units of it, so that one IoU serves all. */
  readonly unit: number
  /** Units of all scales. */
  readonly units: number
  /** Cells of all scales. */
  readonly cells: number
  /** Rows of all scales, and after them empty ones, so that their entries divide evenly among the units. */
  readonly rows: number
  readonly emptyRows: number
}

// Places are float32 numbers, exact up to here; and a number for each of more pairs would be more than 4 GB.
const exactPlaces = 2 ** 24
const mostPairs = 2 ** 30

function checkTables(batch: number, scales: readonly ScaleArrangement[]): void {
  const cells = batch * Math.max(...scales.map((s) => s.cells))
  if (cells > exactPlaces) throw new ConfigError('batch', `makes ${cells} cells of a scale, more than ${exactPlaces}`)
  const pairs = batch * sum(scales.map((s) => s.cells)) * Math.max(...scales.map((s) => s.rows))
  if (pairs <= mostPairs) return
  throw new ConfigError('maxBoxes', `makes ${pairs} pairs of cell and box, more than ${mostPairs}`)
}

/**
 * @param given whether the rows are given, so that none needs to be spared for one too many
 * @throws ConfigError when sizes are open, or the grids are no multiples of the coarsest
 */
export function arrange({ scales: heads }: Heads, maxBoxes: number, given: boolean): Arrangement {
  const extents = heads.map(({ extent }) => {
    const { b, h, w, a, d } = extent
    if (typeof b === 'number' && typeof h === 'number' && typeof w === 'number' && typeof d === 'number')
      return { b, h, w, a, d }
    throw new ConfigError('form', 'static needs "batch" and "input"')
  })
  const unit = extents[0] ? extents[0].h * extents[0].w * extents[0].a : 0
  const scales = extents.map(({ h, w, a, d }): ScaleArrangement => {
    const cells = h * w * a
    if (cells % unit !== 0) throw new ConfigError('form', `static needs grids in steps of the coarsest, got ${h}×${w}`)
    const own = { h, w, a, d, cells, units: cells / unit }
    if (given) return { ...own, rows: maxBoxes, spare: false }
    return { ...own, rows: Math.min(maxBoxes + 1, cells), spare: maxBoxes < cells }
  })
  checkTables(extents[0]?.b ?? 0, scales)
  const total = (key: 'units' | 'cells' | 'rows') => sum(scales.map((s) => s[key]))
  const units = total('units')
  let rows = total('rows')
  while ((rows * (extents[0]?.d ?? 0)) % units !== 0) rows += 1
  const emptyRows = rows - total('rows')
  return { batch: extents[0]?.b ?? 0, scales, unit, units, cells: total('cells'), rows, emptyRows }
}

/** Column, row, anchor width, anchor height and place of every cell of a head in label order: `[N, 5]` */
function frames({ h, w, a, cells }: ScaleArrangement, anchors: LabelledHead['anchors']): number[][] {
  return Array.from({ length: cells }, (_, n) => {
    const cell = Math.floor(n / a)
    const [width, height] = anchors[n % a] as readonly [number, number]
    return [cell % w, Math.floor(cell / w) % h, width, height, n]
  })
}

export type Tables<D extends Real> = ReturnType<typeof tablesOf<D>>

/**
 * Constants of the static form. Those of all cells have the axes of its IoU: x or y, image, unit, left or right edge, row,
 * cell.
 */
export function tablesOf<D extends Real>({ graph, dtype, scales: heads }: Heads<D>, arrangement: Arrangement) {
  const table = (shape: readonly number[], values: readonly number[], hint: string): Value<D> =>
    graph.constant(tensorOf(dtype, shape, values), hint)
  const cells = arrangement.scales.map((s, l) => frames(s, (heads[l] as LabelledHead<D>).anchors))
  const { h, w } = arrangement.scales[0] as ScaleArrangement
  const S = [coarsestStride * w, coarsestStride * h] as const
  const every = (of: (frame: readonly number[], axis: 0 | 1) => number) =>
    ([0, 1] as const).flatMap((axis) => cells.flat().map((frame) => of(frame, axis)))
  const planes = [2, 1, arrangement.units, 1, 1, arrangement.unit]
  const [places, anchors] = [
    every((frame, axis) => frame[axis] as number),
    every((frame, axis) => (frame[2 + axis] as number) / S[axis]),
  ]
  return {
    frames: cells.map((f, l) => table([f.length, 5], f.flat(), `frames${l}`)),
    c: table(planes, places, 'cells'),
    /** Divided by the input size. */
    a: table(planes, anchors, 'anchorPlanes'),
    halfGrid: table([2, 1, arrangement.units, 2, 1, 1], halfGrids(arrangement), 'halfGrids'),
    /** What boxes are multiplied by to have centres in cells: `[R, 4]`, NaN in the spare rows. */
    rowScale: table([arrangement.rows, 4], rowScales(arrangement).flat(), 'rowScales'),
    S: table([2], S, 'input'),
  }
}

/** Half a grid and its negative, along x and then y, of each unit. */
const halfGrids = ({ scales }: Arrangement): number[] =>
  (['w', 'h'] as const).flatMap((side) =>
    scales.flatMap((s) =>
      Array<number[]>(s.units)
        .fill([s[side] / 2, -s[side] / 2])
        .flat(),
    ),
  )

/** An object in a spare row means that others were left out. */
const rowScales = ({ scales, emptyRows }: Arrangement): number[][] => [
  ...scales.flatMap(({ w, h, rows, spare }) =>
    Array.from({ length: rows }, (_, k) =>
      spare && k === rows - 1 ? Array<number>(4).fill(Number.NaN) : [w, h, 1, 1],
    ),
  ),
  ...Array<number[]>(emptyRows).fill([1, 1, 1, 1]),
]
