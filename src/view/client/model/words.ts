import type { Side, ViewedImage } from '../../viewed.js'
import { number, short } from '../dom/text.js'
import { mapOf } from './maps.js'
import { boxOf, type Cell, cellOf, hiderOf, isPositive } from './rows.js'

/** `person`, or what stands for a class without a name. */
export const className = ({ config }: Side, index: number): string =>
  short(config.classes[index] ?? `class ${index}`, 40)

/** `box 2 (dog)`: boxes are counted from 0, as everywhere in this project. */
export const boxName = (side: Side, image: ViewedImage, index: number): string =>
  `box ${index} (${className(side, image.boxes[index]?.class ?? -1)})`

export const anchorName = ([w, h]: readonly [number, number]): string => `${number(w)} × ${number(h)}`

export const cellName = ({ column, line }: Cell): string => `column ${column}, row ${line}`

/** What a row is: it is responsible for a box, is hidden by one, or is background. */
export function roleOf(side: Side, image: ViewedImage, scale: number, row: number): string {
  const [own, hider] = [boxOf(image, scale, row), hiderOf(image, scale, row)]
  const iou = image.scales[scale]?.cells?.iou[row] ?? Number.NaN
  if (own !== undefined) return `responsible for ${boxName(side, image, own)}`
  if (isPositive(image, scale, row)) return 'positive'
  if (hider !== undefined && Number.isNaN(iou))
    return `hidden: its IoU with ${boxName(side, image, hider)} is not a number`
  if (hider !== undefined)
    return `hidden by ${boxName(side, image, hider)}: IoU ${number(iou, 4)} ≥ ${number(side.config.ignoreThreshold, 4)}`
  return 'background'
}

/** A row in a sentence. */
export function sentenceOf(side: Side, image: ViewedImage, scale: number, row: number): string {
  const viewed = image.scales[scale]
  if (!viewed) return ''
  const cell = cellOf(viewed, row)
  const anchor = anchorName(viewed.anchors[cell.anchor] ?? [Number.NaN, Number.NaN])
  const loss = viewed.cells ? `, loss ${number(mapOf('loss').at(viewed, row))}` : ''
  const name = cellName(cell)
  return `${name[0]?.toUpperCase()}${name.slice(1)}, anchor ${anchor}: ${roleOf(side, image, scale, row)}${loss}.`
}
