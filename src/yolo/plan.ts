import { tensorOf } from '../graph/constants.js'
import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { ConfigError } from './config.js'
import type { LabelledHead } from './head.js'
import { coarsestStride } from './sizes.js'

/** Numbers of one scale of the static form. */
export interface ScalePlan {
  readonly h: number
  readonly w: number
  readonly a: number
  readonly d: number
  /** Cells of an image, N = h·w·A. */
  readonly cells: number
  /** How many times the coarsest scale's cells that is: 1, 4, 16. */
  readonly units: number
  /** Rows taken out of an image, K. */
  readonly rows: number
  /** Whether the last row is a spare one, which must stay empty. */
  readonly spare: boolean
}

/** Numbers of the static form: everything that shapes and tables are made from. */
export interface Plan {
  readonly batch: number
  readonly scales: readonly ScalePlan[]
  /** Cells of the coarsest scale; every scale is laid out in units of it, so that one IoU serves all. */
  readonly unit: number
  /** Units of all scales. */
  readonly units: number
  /** Cells and rows of all scales. */
  readonly cells: number
  readonly rows: number
}

/** Cells of all scales in units of the coarsest, row by row: `[B, U, h₀, w₀·A]` */
export function unitShape({ batch, units, scales }: Plan): readonly number[] {
  const { h, w, a } = scales[0] as ScalePlan
  return [batch, units, h, w * a]
}

const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0)

/** @throws ConfigError when sizes are open, or the grids are no multiples of the coarsest */
export function planOf(heads: readonly LabelledHead[], maxBoxes: number): Plan {
  const extents = heads.map(({ extent }) => {
    const { b, h, w, a, d } = extent
    if (typeof b === 'number' && typeof h === 'number' && typeof w === 'number') return { b, h, w, a, d }
    throw new ConfigError('form', 'static needs "batch" and "input"')
  })
  const unit = extents[0] ? extents[0].h * extents[0].w * extents[0].a : 0
  const scales = extents.map(({ h, w, a, d }): ScalePlan => {
    const cells = h * w * a
    if (cells % unit !== 0) throw new ConfigError('form', `static needs grids in steps of the coarsest, got ${h}×${w}`)
    return { h, w, a, d, cells, units: cells / unit, rows: Math.min(maxBoxes + 1, cells), spare: maxBoxes < cells }
  })
  const total = (key: 'units' | 'cells' | 'rows') => sum(scales.map((s) => s[key]))
  return { batch: extents[0]?.b ?? 0, scales, unit, units: total('units'), cells: total('cells'), rows: total('rows') }
}

/** Column, row, anchor width, anchor height and place of every cell of a head in label order: `[N, 5]` */
function frames({ h, w, a, cells }: ScalePlan, anchors: LabelledHead['anchors']): number[][] {
  return Array.from({ length: cells }, (_, n) => {
    const cell = Math.floor(n / a)
    const [width, height] = anchors[n % a] as readonly [number, number]
    return [cell % w, Math.floor(cell / w) % h, width, height, n]
  })
}

/** Constants that the static form looks cells up in. */
export function tablesOf<D extends Real>(heads: readonly LabelledHead<D>[], plan: Plan) {
  const { graph, dtype } = (heads[0] as LabelledHead<D>).labels
  const table = (shape: readonly number[], values: readonly number[], hint: string): Value<D> =>
    graph.constant(tensorOf(dtype, shape, values), hint)
  const cells = plan.scales.map((s, l) => frames(s, (heads[l] as LabelledHead<D>).anchors))
  const { h, w } = plan.scales[0] as ScalePlan
  const grids = plan.scales.map((s) => [s.w, s.h])
  /** Two entries of every cell of all scales as planes `[2, 1, N]`. */
  const planes = (entry: number, hint: string) =>
    table([2, 1, plan.cells], [entry, entry + 1].flatMap((e) => cells.flat().map((f) => f[e] as number)), hint) // biome-ignore format: one formula
  const cellGrids = [0, 1].flatMap((e) => plan.scales.flatMap((s, l) => Array(s.cells).fill(grids[l]?.[e])))
  return {
    frame: cells.map((f, l) => table([f.length, 5], f.flat(), `frames${l}`)),
    c: planes(0, 'cells'),
    a: planes(2, 'anchorPlanes'),
    g: table([2, 1, plan.cells], cellGrids, 'gridPlanes'),
    S: table([2, 1, 1], [coarsestStride * w, coarsestStride * h], 'input'),
    rowGrids: table([plan.rows, 2], plan.scales.flatMap((s, l) => Array(s.rows).fill(grids[l]).flat()), 'rowGrids'), // biome-ignore format: one formula
  }
}
