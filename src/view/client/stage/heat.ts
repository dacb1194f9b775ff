import type { ViewedScale } from '../../viewed.js'
import { h } from '../dom/element.js'
import { colourOf, notANumber } from '../model/colours.js'
import { coloursFor, type State } from '../model/state.js'

/** A pixel for each cell; the style makes them as large as they are on the picture. Nothing is left clear. */
export function heat(state: State, { rows, columns }: ViewedScale, map: Float64Array): HTMLCanvasElement {
  const canvas = h('canvas', { class: 'heat', width: columns, height: rows })
  const context = canvas.getContext('2d')
  const colours = coloursFor(state)
  const pixels = new ImageData(columns, rows)
  for (const [i, x] of map.entries()) {
    if (x === 0) continue
    const colour = Number.isNaN(x) ? notANumber : colourOf(colours.ramp, colours.at(x))
    pixels.data.set([...colour, 255], i * 4)
  }
  context?.putImageData(pixels, 0, 0)
  return canvas
}
