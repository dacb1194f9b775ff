import type { Side, ViewedImage, ViewedScale } from '../../viewed.js'
import { h } from '../dom/element.js'
import { data } from '../dom/spelt.js'
import { table } from '../dom/table.js'
import { everyAnchor, mapOf } from '../model/maps.js'
import { cellOf, rowOf } from '../model/rows.js'
import type { State } from '../model/state.js'
import type { Store } from '../model/store.js'
import { anchorName, roleOf } from '../model/words.js'

/** The rows of a cell, each of which can be gone to. */
export function anchorsHere(
  state: State,
  store: Store,
  side: Side,
  image: ViewedImage,
  scale: ViewedScale,
): HTMLElement {
  const cell = cellOf(scale, state.row ?? 0)
  const rows = scale.anchors.map((anchor, a) => {
    const row = rowOf(scale, { ...cell, anchor: a })
    const onclick = () => store.set({ row, ...(state.anchor !== everyAnchor && { anchor: a }) })
    const pressed = row === state.row ? 'true' : 'false'
    const go = h('button', { type: 'button', id: `go-${a}`, 'aria-pressed': pressed, onclick }, anchorName(anchor))
    const numbers = scale.cells
      ? [data(mapOf('loss').at(scale, row), 4), data(Math.max(scale.cells.iou[row] ?? 0, 0), 3)]
      : []
    return [go, roleOf(side, image, state.scale, row), ...numbers]
  })
  const heads = ['Anchor', 'What it is', ...(scale.cells ? ['Loss', 'Best IoU'] : [])]
  return table('Anchors of this cell', heads, rows, 'anchors')
}
