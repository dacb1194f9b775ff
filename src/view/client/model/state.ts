import type { Place, Side, View, ViewedImage, ViewedScale } from '../../viewed.js'
import { isAlike, isComparable } from './compare.js'
import { everyAnchor, type MapKind, type MapName, mapOf, mapValues } from './maps.js'
import { cellOf, rowCount, rowOf } from './rows.js'
import { type ColourScale, differenceScale, scaleOf } from './scale.js'

/** What is laid over the picture. */
export type Layer = 'picture' | 'map' | 'grid' | 'boxes' | 'predictions'

/** What of a view is on the screen. */
export interface State {
  readonly view: View
  /** Which side the map is of, or what the second has more than the first. */
  readonly side: number | 'difference'
  readonly image: number
  readonly scale: number
  /** Place in the anchors of the scale, or `everyAnchor`. */
  readonly anchor: number
  readonly map: MapName
  /** Index into `[h,w,A]`; absent where there are no cells. */
  readonly row: number | undefined
  readonly layers: Readonly<Record<Layer, boolean>>
  /** How much of the picture the heat map covers, from 0 to 1. */
  readonly strength: number
}

/** The side whose picture and boxes are shown: of two that are compared, the second. */
export const sideOf = ({ view, side }: State): Side =>
  view.sides[side === 'difference' ? view.sides.length - 1 : side] as Side

export const imageOf = (state: State): ViewedImage | undefined => sideOf(state).images[state.image]

export const viewedScale = (state: State): ViewedScale | undefined => imageOf(state)?.scales[state.scale]

const clamp = (x: number, count: number): number => Math.max(0, Math.min(x, count - 1))

/** The same place in another scale of the network, as far as there is one. */
export function carriedRow(before: State, after: State): number | undefined {
  const [from, to] = [viewedScale(before), viewedScale(after)]
  if (!from || !to || isAlike(from, to) || before.row === undefined) return before.row
  const { column, line, anchor } = cellOf(from, before.row)
  const along = (x: number, n: number, m: number) => clamp(Math.floor(((x + 0.5) * m) / n), m)
  return rowOf(to, {
    column: along(column, from.columns, to.columns),
    line: along(line, from.rows, to.rows),
    anchor: clamp(anchor, to.anchors.length),
  })
}

/** A state that its view can show, as near to what was wanted as it has it. */
export function settle(wanted: State): State {
  const { view } = wanted
  const side = wanted.side === 'difference' && isComparable(view) ? wanted.side : clamp(Number(wanted.side) || 0, view.sides.length) // biome-ignore format: one row
  const { images } = sideOf({ ...wanted, side })
  const image = clamp(wanted.image, images.length)
  const scales = images[image]?.scales ?? []
  const scale = clamp(wanted.scale, scales.length)
  const viewed = scales[scale]
  if (!viewed) return { ...wanted, side, image, scale, row: undefined }
  const row = clamp(wanted.row ?? 0, rowCount(viewed))
  const anchor = wanted.anchor === everyAnchor ? everyAnchor : clamp(wanted.anchor, viewed.anchors.length)
  return { ...wanted, side, image, scale, anchor, row }
}

/** Rows at which an output of a graph is beyond its tolerance. */
export function differing({ images }: Side, most: number): Place[] {
  const found: Place[] = []
  for (const [image, { scales }] of images.entries())
    for (const [scale, { cells }] of scales.entries())
      for (const row of cells?.differs?.subarray(0, most - found.length) ?? []) found.push({ image, scale, row })
  return found
}

/** Whether there is a picture that should be seen below the heat map. */
const hasPicture = ({ sides }: View): boolean =>
  sides.some(({ images }) => images.some(({ picture }) => picture !== undefined))

/** What is shown first: where a graph differs, the worst row of all, or the first with a box. */
export function firstState(view: View): State {
  const [side] = view.sides
  const found = view.sides.map((one) => differing(one, 1)[0])
  // The side whose graph differs, and where it does.
  const odd = Math.max(
    found.findIndex((place) => place),
    0,
  )
  const boxes = side?.images.flatMap(({ boxes }) => boxes.flatMap(({ place }) => place ?? [])) ?? []
  const place: Place = found[odd] ?? side?.worst[0] ?? boxes[0] ?? { image: 0, scale: 0, row: 0 }
  const layers = { picture: true, map: true, grid: true, boxes: true, predictions: true }
  const start: State = { view, side: isComparable(view) ? 'difference' : odd, ...place, anchor: everyAnchor, map: 'loss', layers, strength: hasPicture(view) ? 0.45 : 0.7 } // biome-ignore format: one row
  return settle(start)
}

/** What the second of two sides has more than the first. */
function difference(state: State, kind: MapKind, image: number, scale: number): Float64Array | undefined {
  const [a, b] = state.view.sides.map(({ images }) => images[image]?.scales[scale])
  if (!a?.cells || !b?.cells || !isAlike(a, b)) return undefined
  const [before, after] = [mapValues(a, kind, state.anchor), mapValues(b, kind, state.anchor)]
  return after.map((x, i) => x - (before[i] as number))
}

/** The map of a scale of an image as the state wants it. */
export function mapAt(state: State, image = state.image, scale = state.scale): Float64Array | undefined {
  const kind = mapOf(state.map)
  if (state.side === 'difference') return difference(state, kind, image, scale)
  const viewed = sideOf(state).images[image]?.scales[scale]
  const anchor = Math.min(state.anchor, (viewed?.anchors.length ?? 0) - 1)
  return viewed?.cells && mapValues(viewed, kind, anchor)
}

const colourScales = new WeakMap<View, Map<string, ColourScale>>()

/** The scale of colours, the same for both sides, all images and all scales of the network. */
export function coloursFor(state: State): ColourScale {
  const known = colourScales.get(state.view) ?? new Map<string, ColourScale>()
  colourScales.set(state.view, known)
  const isDifference = state.side === 'difference'
  const key = [state.map, isDifference, state.anchor === everyAnchor].join()
  const made = known.get(key) ?? (isDifference ? differenceScale(allMaps(state)) : scaleOf(allMaps(state), mapOf(state.map).range)) // biome-ignore format: one row
  known.set(key, made)
  return made
}

function allMaps(state: State): Float64Array[] {
  const sides = state.side === 'difference' ? ['difference' as const] : state.view.sides.map((_, i) => i)
  return sides.flatMap((side) =>
    sideOf({ ...state, side }).images.flatMap(({ scales }, i) =>
      scales.flatMap((viewed, s) => {
        const anchors = state.anchor === everyAnchor ? [everyAnchor] : viewed.anchors.map((_, a) => a)
        return anchors.flatMap((anchor) => mapAt({ ...state, side, anchor }, i, s) ?? [])
      }),
    ),
  )
}
