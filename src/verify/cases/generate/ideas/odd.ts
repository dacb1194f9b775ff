import type { Canvas, Idea, Spot } from '../canvas.js'
import { scene } from './boxes.js'

/** Objectness as a weight, a label and a selector of boxes; float16 has none of them, the least is 0 there. */
const weights = [0.4, -1.1, 1e-9, 1.3, 0.3]

/** What a label may say of its classes, whatever their number: several, none, fractions, beyond [0,1]. */
const classes = [
  [0.3, 1.5],
  [1, 1],
  [-0.45, 0],
  [0, 0],
] as const

/** Boxes as large as the image and larger, where s = 2 − w·h is small and negative. */
const sizes = [
  [1, 1],
  [1.5, 1.5],
] as const

const labelledSpots = (canvas: Canvas): Spot[] =>
  canvas.scales.flatMap((scale) => [...canvas.spots(scale)].filter((spot) => canvas.at(spot).labels[4] !== 0))

/** What a row without object may have kept of a box: nothing of it counts. */
function leaveBoxes(canvas: Canvas): void {
  for (const scale of canvas.scales)
    for (const [i, spot] of [...canvas.spots(scale)].filter((own) => canvas.isFree(own)).entries())
      if (i % 3 === 1) canvas.at(spot).labels.set([0.4, 0.3, 0.2, 0.1, 0, 1])
}

/** Labels that no detector is trained with, yet the loss is defined for. */
export const odd: Idea = {
  name: 'labels',
  paint(canvas) {
    const rest = scene.paint(canvas)
    const spots = canvas.scales.flatMap((scale) => [
      ...labelledSpots(canvas)
        .filter((spot) => spot.scale === scale)
        .entries(),
    ])
    for (const [i, spot] of spots) {
      const { labels } = canvas.at(spot)
      if (i % 3 === 0) labels[4] = weights[(i / 3) % weights.length] as number
      if (i % 3 === 1)
        for (const [c, y] of (classes[((i - 1) / 3) % 4] ?? []).entries()) if (5 + c < labels.length) labels[5 + c] = y
      if (i % 7 === 2) labels.set(sizes[((i - 2) / 7) % 2] as readonly number[], 2)
    }
    leaveBoxes(canvas)
    return () => {
      rest()
      // Predicted so wrong that their own boxes do not excuse them.
      for (const [i, spot] of spots) if (i % 6 === 0) canvas.at(spot).logits.set([2.5, -2.5].map(canvas.round), 2)
    }
  },
}

/** Boxes with their centres beyond every side of the image, from which no cell is within reach. */
export const outside: Idea = {
  name: 'outside',
  paint(canvas) {
    for (const scale of canvas.scales) {
      const places = [
        [-0.6, 0.4],
        [1.6, 0.6],
        [0.4, -0.6],
        [0.6, 1.6],
      ] as const
      const free = [...canvas.spots(scale)].filter((spot) => canvas.isFree(spot)).toReversed()
      for (const [k, [x, y]] of places.entries()) {
        const spot = free[k * 2]
        if (spot) canvas.label(spot, { x, y, w: 0.21, h: 0.17 })
      }
    }
    return () => undefined
  },
}

/** A box of width 0 and one of height 0 at every scale: +∞ in wh and in the loss, nowhere else. */
export const flat: Idea = {
  name: 'flat',
  paint(canvas) {
    const rest = scene.paint(canvas)
    for (const scale of canvas.scales) {
      const free = [...canvas.spots(scale)].filter((spot) => canvas.isFree(spot))
      for (const spot of free.slice(-2)) canvas.label(spot, { x: 0.1, y: 0.1, w: 0.1, h: 0.1 })
      const own = labelledSpots(canvas).filter((spot) => spot.scale === scale)
      for (const [k, spot] of own.slice(0, 2).entries()) canvas.at(spot).labels[2 + k] = 0
    }
    // No logit predicts a box without width, which is what the detector tries.
    return () => {
      rest()
      for (const scale of canvas.scales)
        for (const spot of canvas.spots(scale)) {
          const { logits } = canvas.at(spot)
          for (const k of [2, 3]) if (!Number.isFinite(logits[k])) logits[k] = 0
        }
    }
  },
}

const values = [0, 0.5, -0.5, 3, -3, 17, -17, 20, -20, 88, -88, 100, -100]

/** Logits through the whole range at every entry; rows that are sure and right, of which only tails remain. */
export const extreme: Idea = {
  name: 'extreme',
  paint(canvas) {
    const rest = scene.paint(canvas)
    return () => {
      rest()
      for (const scale of canvas.scales)
        for (const spot of canvas.spots(scale))
          canvas.write(spot, spot.row % 2 === 0 ? anything(canvas, spot) : sure(canvas, spot))
    }
  },
}

/** An infinite width next to a height of 0 has no area in float32, so their signs agree. */
function anything(canvas: Canvas, spot: Spot): number[] {
  const { random } = canvas
  const [x = 0, y = 0, w = 0, h = 0, ...rest] = Array.from(canvas.at(spot).logits, () => random.pick(values))
  return [x, y, w, w * h < 0 ? -h : h, ...rest]
}

const sure = (canvas: Canvas, spot: Spot): number[] => {
  const { logits, labels } = canvas.at(spot)
  const size = spot.column % 2 === 0 ? 17 : 20
  return [...logits.subarray(0, 4), ...Array.from(labels.subarray(4), (label) => (label ? size : -size))]
}
