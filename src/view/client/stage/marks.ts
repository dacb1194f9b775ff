import type { ViewedBox, ViewedImage, ViewedScale } from '../../viewed.js'
import { svg } from '../dom/element.js'
import { everyAnchor } from '../model/maps.js'
import { boxOf, type Corners, cellOf, hiderOf, predictedBy } from '../model/rows.js'
import { type State, sideOf, viewedScale } from '../model/state.js'

/** Sizes of a cell in pixels of the network input. */
const cellSize = ({ rows, columns }: ViewedScale, [height, width]: readonly [number, number]) => ({
  w: width / columns,
  h: height / rows,
})

const outline = ([x1, y1, x2, y2]: Corners): string => `M${x1} ${y1}H${x2}V${y2}H${x1}Z`

/** What reaches far beyond the picture is drawn to its surroundings, what is no number not at all. */
function drawable(box: Corners, [height, width]: readonly [number, number]): Corners | undefined {
  if (!box.every((x) => !Number.isNaN(x))) return undefined
  const near = (x: number, size: number) => Math.max(-size, Math.min(x, 2 * size))
  return [near(box[0], width), near(box[1], height), near(box[2], width), near(box[3], height)]
}

function outlines(kind: string, boxes: readonly (Corners | undefined)[], input: readonly [number, number]): Node[] {
  const near = boxes.flatMap((box) => {
    const drawn = box && drawable(box, input)
    return drawn ? [drawn] : []
  })
  const d = near.map(outline).join('')
  // A line under the line, so that it stands out from any picture.
  return d ? [svg('path', { class: `${kind} under`, d }), svg('path', { class: kind, d })] : []
}

/** Cells of which something is so at the anchor that is shown, or at any of them. */
export function cellsWhere(scale: ViewedScale, anchor: number, is: (row: number) => boolean): number[] {
  const A = scale.anchors.length
  const anchors = anchor === everyAnchor ? scale.anchors.map((_, a) => a) : [anchor]
  const cells = Array.from({ length: scale.rows * scale.columns }, (_, cell) => cell)
  return cells.filter((cell) => anchors.some((a) => is(cell * A + a)))
}

function squares(cells: readonly number[], scale: ViewedScale, input: readonly [number, number]): string {
  const { w, h } = cellSize(scale, input)
  return cells.map((cell) => `M${(cell % scale.columns) * w} ${Math.floor(cell / scale.columns) * h}h${w}v${h}h${-w}z`).join('') // biome-ignore format: one row
}

function crosses(cells: readonly number[], scale: ViewedScale, input: readonly [number, number]): string {
  const { w, h } = cellSize(scale, input)
  return cells
    .map((cell) => [(cell % scale.columns) * w, Math.floor(cell / scale.columns) * h] as const)
    .map(([x, y]) => `M${x + w * 0.2} ${y + h * 0.2}l${w * 0.6} ${h * 0.6}m0 ${-h * 0.6}l${-w * 0.6} ${h * 0.6}`)
    .join('')
}

/** Strokes from corner to corner: a pattern of the browser would grow with the picture. */
function hatching(cells: readonly number[], scale: ViewedScale, input: readonly [number, number]): string {
  const { w, h } = cellSize(scale, input)
  return cells
    .map((cell) => [(cell % scale.columns) * w, Math.floor(cell / scale.columns) * h] as const)
    .map(([x, y]) => `M${x} ${y + h}l${w} ${-h}M${x} ${y + h / 2}l${w / 2} ${-h / 2}M${x + w / 2} ${y + h}l${w / 2} ${-h / 2}`) // biome-ignore format: one row
    .join('')
}

const gridLines = ({ rows, columns }: ViewedScale, [height, width]: readonly [number, number]): string =>
  [
    ...Array.from({ length: columns - 1 }, (_, i) => `M${((i + 1) * width) / columns} 0v${height}`),
    ...Array.from({ length: rows - 1 }, (_, i) => `M0 ${((i + 1) * height) / rows}h${width}`),
  ].join('')

/** True boxes and predictions of this grid, and thinly the true boxes of others. */
function boxLines(state: State, image: ViewedImage): Node[] {
  const { input } = sideOf(state).config
  const own = image.boxes.filter((box, i) => isOfScale(state, image, box, i))
  const others = image.boxes.filter((box) => !own.includes(box))
  const lines = (kind: string, boxes: readonly (Corners | undefined)[]) => outlines(kind, boxes, input)
  return [
    ...(state.layers.boxes ? lines('true other', others.map(({ box }) => box)) : []),
    ...(state.layers.boxes ? lines('true', own.map(({ box }) => box)) : []),
    ...(state.layers.predictions ? lines('predicted', own.map(({ predicted }) => predicted)) : []),
  ] // biome-ignore format: one row each
}

/** A box may be labelled at several scales, of which the first is its place. */
const isOfScale = (state: State, image: ViewedImage, { place }: ViewedBox, i: number): boolean =>
  place?.scale === state.scale || (image.scales[state.scale]?.shown.some(({ of }) => of === i) ?? false)

/** What lies over the map: grid, hidden cells, what is odd, boxes. */
export function marks(state: State, image: ViewedImage, map: Float64Array | undefined): SVGSVGElement {
  const [scale, { input }] = [viewedScale(state), sideOf(state).config]
  const own: Node[] = []
  const draw = (kind: string, d: string) => {
    if (d) own.push(svg('path', { class: kind, d }))
  }
  if (scale && state.layers.grid) draw('grid', gridLines(scale, input))
  if (scale && map && state.layers.map) {
    const differing = new Set(scale.cells?.differs)
    const hatched = hatching(cellsWhere(scale, state.anchor, (row) => hiderOf(image, state.scale, row) !== undefined), scale, input) // biome-ignore format: one row
    // Dark beside light, so that it is seen on any colour.
    draw('hidden shade', hatched)
    draw('hidden', hatched)
    const odd = [...map.entries()].filter(([, x]) => Number.isNaN(x)).map(([cell]) => cell)
    draw('nan', crosses(odd, scale, input))
    draw('unlike', squares(cellsWhere(scale, state.anchor, (row) => differing.has(row)), scale, input)) // biome-ignore format: one row
  }
  own.push(...boxLines(state, image))
  if (scale) own.push(...selection(state, image, scale))
  return svg('svg', { class: 'marks', viewBox: `0 0 ${input[1]} ${input[0]}`, 'aria-hidden': 'true' }, ...own)
}

/** The selected cell, what its row predicts, and the box that it has to do with. */
function selection({ row, scale: s, ...state }: State, image: ViewedImage, scale: ViewedScale): Node[] {
  if (row === undefined) return []
  const { input } = sideOf({ row, scale: s, ...state }).config
  const { column, line } = cellOf(scale, row)
  const cell = squares([line * scale.columns + column], scale, input)
  const box = image.boxes[boxOf(image, s, row) ?? hiderOf(image, s, row) ?? -1]
  return [
    ...(scale.cells ? outlines('chosen-prediction', [predictedBy(scale, row, input)], input) : []),
    ...(box ? outlines('chosen-box', [box.box], input) : []),
    svg('path', { class: 'chosen under', d: cell }),
    svg('path', { class: 'chosen', d: cell }),
  ]
}
