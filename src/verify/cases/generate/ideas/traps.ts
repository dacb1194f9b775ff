import { cellOf, labelledBox, type Row } from '../../scene/rows.js'
import { randomBoxes } from '../../scene/scene.js'
import { bold, type Canvas, type Idea } from '../canvas.js'
import { scene } from './boxes.js'

function labelled(canvas: Canvas): Row[] {
  return canvas.scales.flatMap((scale) =>
    [...canvas.spots(scale)].map((spot) => canvas.at(spot)).filter(({ labels }) => labels[4] !== 0),
  )
}

/** Predicts the box of a row, boldly, where it must not excuse the prediction. */
function bait(canvas: Canvas, box: Row, trap: Row): void {
  if (trap.labels[4] !== 0) return
  canvas.write(trap, [...canvas.logitsFor(trap, labelledBox(box)), bold], trap.image)
}

/** Boxes predicted exactly at another scale, and in the next image where that has no box: they excuse nothing there. */
export const traps: Idea = {
  name: 'traps',
  paint(canvas) {
    const rest = scene.paint(canvas)
    return () => {
      rest()
      const { tensors, image } = canvas
      const next = (image + 1) % (tensors.labels[0]?.shape[0] ?? 1)
      const isFree = isEmpty(canvas, next)
      for (const box of labelled(canvas)) {
        for (const scale of canvas.scales.filter((l) => l !== box.scale))
          bait(canvas, box, cellOf(tensors, labelledBox(box), scale, image, 0))
        if (isFree) bait(canvas, box, canvas.at(box, next))
      }
    }
  },
}

/** Whether an image has no box at all. */
const isEmpty = (canvas: Canvas, image: number): boolean =>
  canvas.scales.every((scale) => [...canvas.spots(scale)].every((spot) => canvas.at(spot, image).labels[4] === 0))

/** No box: only background, near and far beyond where 1 + exp(x) rounds to 1 in float32. */
export const empty: Idea = {
  name: 'empty',
  paint: (canvas) => () => {
    for (const scale of canvas.scales)
      for (const spot of canvas.spots(scale)) {
        const mean = (spot.row + spot.column) % 2 === 0 ? -18 : -4
        canvas.at(spot).logits[4] = canvas.round(canvas.random.normal(mean, 1))
      }
  },
}

/** A few boxes, and a detector that has learnt nothing: every logit is the same. */
export const untrained = (logit: number): Idea => ({
  name: 'untrained',
  whole: true,
  paint(canvas) {
    const { size, config, random } = canvas
    const [height, width] = size
    for (const [x1, y1, x2, y2] of randomBoxes(2, size, config, random)) {
      const [x, y, w, h] = [(x1 + x2) / 2 / width, (y1 + y2) / 2 / height, (x2 - x1) / width, (y2 - y1) / height]
      const scale = random.pick(canvas.scales)
      const { columns, rows, anchors } = canvas.grid(scale)
      const spot = {
        scale,
        row: Math.floor(y * rows),
        column: Math.floor(x * columns),
        anchor: random.integer(0, anchors - 1),
      }
      canvas.label(spot, { x, y, w, h })
    }
    return () => fill(canvas, logit)
  },
})

/** The same of an image without a box. */
export const withoutBoxes = (logit: number): Idea => ({
  name: 'untrained',
  whole: true,
  paint: (canvas) => () => fill(canvas, logit),
})

function fill(canvas: Canvas, logit: number): void {
  for (const scale of canvas.scales)
    for (const spot of canvas.spots(scale)) canvas.at(spot).logits.fill(canvas.round(logit))
}
