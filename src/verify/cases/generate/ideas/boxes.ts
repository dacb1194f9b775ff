import type { Box } from '../../scene/rows.js'
import { randomBoxes } from '../../scene/scene.js'
import { bold, type Canvas, type Idea, type Spot } from '../canvas.js'

/** The cell of a box at a scale. */
function cellOf(canvas: Canvas, scale: number, { x, y }: Box, anchor: number): Spot {
  const { columns, rows } = canvas.grid(scale)
  return { scale, row: Math.floor(y * rows), column: Math.floor(x * columns), anchor }
}

const ratioOfSizes = ([w, h]: readonly [number, number], box: Box): number => {
  const inter = Math.min(w, box.w) * Math.min(h, box.h)
  return inter / (w * h + box.w * box.h - inter)
}

/** A box in every scale that has the anchor which fits it best. */
function assign(canvas: Canvas, box: Box, label: number): void {
  const spots = canvas.scales.flatMap((scale) =>
    Array.from({ length: canvas.grid(scale).anchors }, (_, anchor) => ({ scale, anchor })),
  )
  const best = Math.max(...spots.map((spot) => ratioOfSizes(canvas.anchor(spot), box)))
  for (const spot of spots.filter((own) => ratioOfSizes(canvas.anchor(own), box) === best))
    canvas.label(cellOf(canvas, spot.scale, box, spot.anchor), box, { classes: [label] })
}

/** Boxes as an image has them, and a half-trained detector. */
export const scene: Idea = {
  name: 'scene',
  paint(canvas) {
    const { size, config, random } = canvas
    const [height, width] = size
    for (const [x1, y1, x2, y2, label] of randomBoxes(2 * config.anchors.length, size, config, random)) {
      const box = { x: (x1 + x2) / 2 / width, y: (y1 + y2) / 2 / height, w: (x2 - x1) / width, h: (y2 - y1) / height }
      assign(canvas, box, label)
    }
    return () => undefined
  },
}

/** By how much a box is larger than the anchor that answers for it. */
const sizes = [1.18, 0.83, 1.07, 0.94, 0.76, 1.31]

/** Every anchor of every scale answers for a box of another size, predicted somewhat wrong; boxes of all classes. */
export const anchors: Idea = {
  name: 'anchors',
  paint(canvas) {
    const predicted: (readonly [Spot, readonly number[]])[] = []
    let turn = 0
    for (const scale of canvas.scales) {
      const { columns, rows, anchors } = canvas.grid(scale)
      for (let anchor = 0; anchor < anchors; anchor++, turn++) {
        const cell = (turn * 7) % (columns * rows)
        const spot = { scale, row: Math.floor(cell / columns), column: cell % columns, anchor }
        const [w, h] = canvas.anchor(spot)
        const centre = {
          x: (spot.column + 0.3 + 0.05 * (turn % 7)) / columns,
          y: (spot.row + 0.65 - 0.04 * (turn % 9)) / rows,
        }
        const box = { ...centre, w: w * (sizes[turn % 6] as number), h: h * (sizes[(turn + 2) % 6] as number) }
        const [x = 0, y = 0, tw = 0, th = 0] = canvas.logitsFor(spot, box)
        if (canvas.label(spot, box, { classes: [turn % canvas.config.classes] }))
          predicted.push([spot, [x + 0.5, y - 0.75, tw - 0.5, th + 0.625, 1]])
      }
    }
    return () => {
      for (const [spot, logits] of predicted) canvas.write(spot, logits)
    }
  },
}

/** Logits beyond which a size must not be capped. */
const far = 6

/** Boxes far larger and far smaller than every anchor, each predicted exactly by a row that does not hold it. */
export const sizesBeyond: Idea = {
  name: 'sizes',
  paint(canvas) {
    const predicted: (readonly [Spot, readonly number[]])[] = []
    for (const scale of canvas.scales) {
      const { columns, rows, anchors } = canvas.grid(scale)
      for (const [k, t] of [far, -far].entries()) {
        const cell = Math.min(k * Math.ceil((columns * rows) / 2), columns * rows - 1)
        const spot = { scale, row: Math.floor(cell / columns), column: cell % columns, anchor: k % anchors }
        const logits = [0.5, -0.25, t, t].map(canvas.round)
        const found = canvas.pair(spot, (own) => canvas.boxOf(own, logits))
        if (found) predicted.push([found, logits])
      }
    }
    return () => {
      for (const [spot, logits] of predicted) canvas.write(spot, [...logits, bold])
    }
  },
}

/**
 * Predictions beside and diagonally off a small box in the same cell: the overlaps are negative along both axes, and the
 * IoU would reach the threshold if they were multiplied.
 */
export const apart: Idea = {
  name: 'apart',
  paint(canvas) {
    const { ignoreThreshold: θ } = canvas.config
    const predicted: (readonly [Spot, Box])[] = []
    for (const scale of canvas.scales) {
      const { columns, rows, anchors } = canvas.grid(scale)
      const cells = columns * rows
      // I = gap² of sizes w = h = 1 gives IoU = I/(2 − I), which passes θ from 2θ/(1 + θ) on.
      const gap = Math.sqrt(1 + Math.min((2 * θ) / (1 + θ), 1) / 2)
      for (const [k, [dx, dy]] of [
        [1, 1],
        [1, -1],
        [1, 0],
        [0, 1],
      ].entries() as Iterable<[number, [number, number]]>) {
        const cell = (k * Math.max(Math.floor(cells / 4), 1)) % cells
        const spot = { scale, row: Math.floor(cell / columns), column: cell % columns, anchor: k % anchors }
        const [w, h] = [0.15 / columns, 0.15 / rows]
        const aside = (sign: number, { column, row }: Spot): Box => ({
          x: (column + 0.5) / columns + (sign * dx * w * (1 + gap)) / 2,
          y: (row + 0.5) / rows + (sign * dy * h * (1 + gap)) / 2,
          w,
          h,
        })
        const found = canvas.pair(spot, (own) => aside(-1, own))
        if (found) predicted.push([found, aside(1, found)])
      }
    }
    return () => {
      for (const [spot, box] of predicted) canvas.write(spot, [...canvas.logitsFor(spot, box), bold])
    }
  },
}
