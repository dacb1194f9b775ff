import type { Box } from '../../scene/rows.js'
import { bold, type Canvas, type Idea, type Spot } from '../canvas.js'

/** Left, right, up, down. */
const directions = [
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
] as const

/** How far into the cell the box still reaches. */
const into = 0.01

/**
 * A box and the prediction farthest from it that still reaches the threshold: it contains the box and ends with it on the
 * near side, IoU = w/(w + 2d), and its centre lies just inside the cell `steps` away.
 */
function pairAt(canvas: Canvas, from: Spot, [dx, dy]: readonly [number, number], steps: number) {
  const { columns, rows } = canvas.grid(from.scale)
  const spot = { ...from, column: from.column + dx * steps, row: from.row + dy * steps }
  if (spot.column < 0 || spot.row < 0 || spot.column >= columns || spot.row >= rows) return undefined
  const reach = (1 / canvas.config.ignoreThreshold - 1) / 2
  const side = (steps - 0.5 + into) / reach
  const distance = steps - 0.5 + into / 2
  const centre = { x: (from.column + 0.5) / columns, y: (from.row + 0.5) / rows }
  const box: Box = { ...centre, w: (dx ? side : 0.9) / columns, h: (dy ? side : 0.9) / rows }
  const prediction: Box = {
    x: centre.x + (dx * distance) / columns,
    y: centre.y + (dy * distance) / rows,
    w: box.w + (dx ? (2 * distance) / columns : 0),
    h: box.h + (dy ? (2 * distance) / rows : 0),
  }
  return { spot, box, prediction }
}

/** Boxes of which the farthest cells that matter lie to every side; and boxes in the corners of the image. */
export const reach: Idea = {
  name: 'reach',
  paint(canvas) {
    const { ignoreThreshold: θ } = canvas.config
    const predicted: (readonly [Spot, Box])[] = []
    for (const scale of canvas.scales) {
      const { columns, rows, anchors } = canvas.grid(scale)
      for (const [k, direction] of (θ > 0.05 && θ < 0.98 ? directions : []).entries())
        for (const steps of [1, 2]) {
          const anchor = (k + steps) % anchors
          const [column, row] = [Math.floor(columns / 2), Math.floor(rows / 2)]
          const start = { scale, column: nudged(column, k, columns), row: nudged(row, k + steps, rows), anchor }
          const pair = pairAt(canvas, start, direction, steps)
          if (pair && canvas.label(canvas.beside(start), pair.box)) predicted.push([pair.spot, pair.prediction])
        }
      predicted.push(...corners(canvas, scale))
    }
    return () => {
      for (const [spot, box] of predicted)
        if (canvas.at(spot).labels[4] === 0) canvas.write(spot, [...canvas.logitsFor(spot, box), bold])
    }
  },
}

/** A place that differs from turn to turn, so that boxes do not share their rows. */
const nudged = (middle: number, turn: number, size: number): number => (middle + (turn % 3) - 1 + size) % size

function corners(canvas: Canvas, scale: number): (readonly [Spot, Box])[] {
  const { columns, rows, anchors } = canvas.grid(scale)
  const places = [
    [0, 0],
    [columns - 1, rows - 1],
  ] as const
  return places.flatMap(([column, row], k) => {
    const spot = { scale, column, row, anchor: k % anchors }
    const box = { x: (column + 0.5) / columns, y: (row + 0.5) / rows, w: 2.5 / columns, h: 2.5 / rows }
    return canvas.label(canvas.beside(spot), box) ? [[spot, box] as const] : []
  })
}
