import { iouMargin } from '../../../../reference/index.js'
import type { Box } from '../../scene/rows.js'
import { bold, type Canvas, type Idea, type Spot } from '../canvas.js'

/** How far from the threshold predictions lie, on either side, in parts of it; no nearer than rounding allows. */
const distances = [0, 1e-6, 1e-3]

/** Of a threshold so small that rounding takes all of it, this much is left. */
const least = 1 / 64

/** How many times the margin of rounding a prediction keeps at least. */
const room = 5

/** A true box of which the IoU with p is the ratio: nested along one axis, in p or around it. */
function nested(p: Box, ratio: number, turn: number): Box {
  const factor = turn % 4 < 2 ? ratio : 1 / ratio
  return turn % 2 === 0 ? { ...p, w: p.w * factor } : { ...p, h: p.h * factor }
}

/** A true box beyond which the IoU with p lies; there is none where rounding may take all of a small threshold. */
function beyond(canvas: Canvas, scale: number, p: Box, side: number, distance: number, turn: number): Box {
  const θ = canvas.config.ignoreThreshold
  const margin = iouMargin(p, nested(p, θ, turn), canvas.grid(scale))
  return nested(p, θ * Math.max(1 + side * Math.max(distance, (room * margin) / θ), least), turn)
}

/** Where a prediction lies in its cell, other places for each turn. */
const places = [
  [0.25, -0.5],
  [-0.75, 0.25],
  [1, 0.5],
  [0.5, -0.25],
] as const

/** Of four turns the last one, which is above the threshold: so small that an epsilon in the union shows. */
const smallest = 1 / 32

function logitsOf(canvas: Canvas, spot: Spot, turn: number): number[] {
  const place = places[turn % places.length] ?? places[0]
  return [...place, ...canvas.sizeFor(spot, turn % places.length === 3 ? smallest : 1)].map(canvas.round)
}

/** Predictions of every anchor of every scale on both sides of θ: at the margin of rounding, at 1e-6 and at 1e-3. */
export const threshold: Idea = {
  name: 'threshold',
  paint(canvas) {
    const { ignoreThreshold: θ } = canvas.config
    const predictions: (readonly [Spot, readonly number[]])[] = []
    if (θ > 0 && θ < 0.99)
      for (const scale of canvas.scales) {
        const sides = distances.flatMap((distance) => [-1, 1].map((side) => ({ distance, side })))
        const { columns, rows, anchors } = canvas.grid(scale)
        for (let anchor = 0; anchor < anchors; anchor++)
          for (const [k, { distance, side }] of sides.entries()) {
            const turn = anchor * sides.length + k
            const cell = (turn * (columns * rows > 2 * anchors * sides.length ? 2 : 1)) % (columns * rows)
            const spot = { scale, row: Math.floor(cell / columns), column: cell % columns, anchor }
            const logits = logitsOf(canvas, spot, turn)
            const box = (own: Spot) => beyond(canvas, scale, canvas.boxOf(own, logits), side, distance, turn)
            const found = canvas.pair(spot, box)
            if (found) predictions.push([found, logits])
          }
      }
    return () => {
      for (const [spot, logits] of predictions) canvas.write(spot, [...logits, bold])
    }
  },
}
