import type { ViewedImage } from '../../viewed.js'
import { h } from '../dom/element.js'
import { type State, sideOf } from '../model/state.js'
import { className } from '../model/words.js'

/** So many names can still be read beside one another, and so many numbers. */
const [readable, countable] = [12, 80]

/** Names of the true boxes, of a size that does not depend on that of the picture. */
export function labels(state: State, image: ViewedImage): HTMLElement[] {
  const side = sideOf(state)
  const [height, width] = side.config.input
  if (!state.layers.boxes || image.boxes.length > countable) return []
  return image.boxes.flatMap(({ box: [x1, y1, x2], class: index }, i) => {
    if (![x1, y1, x2].every(Number.isFinite)) return []
    const name = image.boxes.length > readable ? '' : ` ${className(side, index)}`
    const label = h('span', { class: 'label' }, `${i}${name}`)
    const within = (x: number, size: number) => `${Math.max(0, Math.min(x / size, 1)) * 100}%`
    label.style.top = within(y1, height)
    // To the left of the right border, where it would leave the picture.
    if (x1 > width * 0.75) label.style.right = within(width - x2, width)
    else label.style.left = within(x1, width)
    if (y1 > height * 0.05) label.classList.add('above')
    return [label]
  })
}
