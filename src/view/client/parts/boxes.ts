import { escaped } from '../../../io/index.js'
import type { ViewedBox, ViewedImage } from '../../viewed.js'
import { h } from '../dom/element.js'
import { data } from '../dom/spelt.js'
import { table } from '../dom/table.js'
import { number } from '../dom/text.js'
import { cellOf } from '../model/rows.js'
import { imageOf, type State, sideOf } from '../model/state.js'
import { anchorName, cellName, className } from '../model/words.js'
import { rowLink } from './links.js'

function placeOf(image: ViewedImage, { place, lost }: ViewedBox): Node | string {
  const scale = place && image.scales[place.scale]
  if (!place || !scale) return h('span', { class: 'lost' }, lost ? `none: ${escaped(lost)}` : 'none')
  const cell = cellOf(scale, place.row)
  const name = `${scale.columns} × ${scale.rows}, ${cellName(cell)}, anchor ${anchorName(scale.anchors[cell.anchor] ?? [0, 0])}`
  return h('span', {}, rowLink(place, name), ...(lost ? [h('span', { class: 'lost' }, ` ${escaped(lost)}`)] : []))
}

const corners = ([x1, y1, x2, y2]: ViewedBox['box']): string => [x1, y1, x2, y2].map((x) => number(x, 4)).join(', ')

/** More would push what follows out of sight. */
const atOnce = 8

/** The true boxes of the image, which are also what its picture says. */
export function boxTable(state: State): HTMLElement {
  const [side, image] = [sideOf(state), imageOf(state)]
  if (!image) return h('p', { class: 'note' }, 'There is no image.')
  if (!image.boxes.length) return h('p', { class: 'note' }, 'This image has no true box: all of it is background.')
  const hasIou = image.boxes.some(({ iou }) => iou !== undefined)
  const rows = image.boxes.map((box, i) => [
    `${i}`,
    className(side, box.class),
    corners(box.box),
    placeOf(image, box),
    ...(hasIou ? [box.iou === undefined ? '' : data(box.iou, 3)] : []),
    ...(image.boxes.some(({ objectness }) => objectness !== 1) ? [data(box.objectness, 4)] : []),
  ])
  const heads = ['Box', 'Class', 'Left, top, right, bottom', 'Responsible row', ...(hasIou ? ['IoU'] : [])]
  const more = image.boxes.some(({ objectness }) => objectness !== 1) ? ['Objectness'] : []
  return h(
    'details',
    { id: 'boxes', open: rows.length <= atOnce },
    h('summary', {}, `True boxes of this image: ${rows.length}`),
    table('True boxes', [...heads, ...more], rows, 'places'),
  )
}
