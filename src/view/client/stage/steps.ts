import type { ViewedScale } from '../../viewed.js'
import { everyAnchor, mapOf } from '../model/maps.js'
import { cellOf, rowCount, rowOf } from '../model/rows.js'
import { type State, viewedScale } from '../model/state.js'

/** Of a cell whose anchors all are shown, the one that has most of what the map is of. */
function mostOf(state: State, scale: ViewedScale, column: number, line: number): number {
  const kind = mapOf(state.map)
  const rows = scale.anchors.map((_, anchor) => rowOf(scale, { column, line, anchor }))
  const size = (row: number) => {
    const x = kind.at(scale, row)
    return Number.isNaN(x) ? Number.POSITIVE_INFINITY : x
  }
  return rows.reduce((best, row) => (size(row) > size(best) ? row : best))
}

/** The row that stands for a cell. */
export function rowAt(state: State, column: number, line: number): number | undefined {
  const scale = viewedScale(state)
  if (!scale || column < 0 || line < 0 || column >= scale.columns || line >= scale.rows) return undefined
  return state.anchor === everyAnchor ? mostOf(state, scale, column, line) : rowOf(scale, { column, line, anchor: state.anchor }) // biome-ignore format: one row
}

type Step = (at: { readonly column: number; readonly line: number }, scale: ViewedScale) => readonly [number, number]

const steps: ReadonlyMap<string, Step> = new Map(
  Object.entries({
    ArrowLeft: ({ column, line }) => [column - 1, line],
    ArrowRight: ({ column, line }) => [column + 1, line],
    ArrowUp: ({ column, line }) => [column, line - 1],
    ArrowDown: ({ column, line }) => [column, line + 1],
    Home: ({ line }) => [0, line],
    End: ({ line }, { columns }) => [columns - 1, line],
  } satisfies Record<string, Step>),
)

const anchorSteps: ReadonlyMap<string, number> = new Map([['PageUp', -1], ['PageDown', 1]]) // biome-ignore format: one row

/** What a key changes; undefined for keys that mean nothing here. */
export function afterKey(state: State, key: string): Partial<State> | undefined {
  const [scale, { row }] = [viewedScale(state), state]
  if (!scale || row === undefined) return undefined
  const cell = cellOf(scale, row)
  const by = anchorSteps.get(key)
  if (by !== undefined) {
    const anchor = (cell.anchor + by + scale.anchors.length) % scale.anchors.length
    const next = Math.min(rowOf(scale, { ...cell, anchor }), rowCount(scale) - 1)
    return { row: next, ...(state.anchor !== everyAnchor && { anchor }) }
  }
  const to = steps.get(key)?.(cell, scale)
  if (!to) return undefined
  return { row: rowAt(state, ...to) ?? row }
}
