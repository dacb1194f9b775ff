import { iouMargin } from '../../../../reference/index.js'
import type { Box } from '../../scene/rows.js'
import { bold, type Canvas, type Idea, type Spot } from '../canvas.js'

/** How many times the margin of rounding a prediction keeps at least. */
const room = 4.5

/** A little above a number of float16, so that float16 moves the centre to the left and upwards. */
const place = 1 + 0.49 * 2 ** -10

/** To which side the true box lies, and on which side of the threshold the prediction: both are left if it moves. */
const kinds = [
  { axis: 'x', to: 1, above: 1 },
  { axis: 'y', to: 1, above: 1 },
  { axis: 'x', to: -1, above: -1 },
  { axis: 'y', to: -1, above: -1 },
] as const

type Kind = (typeof kinds)[number]

/** A box of the size of p, so far along an axis that the IoU is the ratio: (w − d) / (w + d). */
function aside(p: Box, ratio: number, { axis, to }: Kind): Box {
  const length = axis === 'x' ? p.w : p.h
  return { ...p, [axis]: p[axis] + to * length * ((1 - ratio) / (1 + ratio)) }
}

/** Predictions of every anchor beside a box of their own size, no farther from the threshold than rounding asks. */
export const shifted: Idea = {
  name: 'shifted',
  paint(canvas) {
    const { ignoreThreshold: θ } = canvas.config
    const found = θ > 0 && θ < 0.99 ? canvas.scales.flatMap((scale) => pairsAt(canvas, scale)) : []
    return () => {
      for (const spot of found) canvas.write(spot, [...logitsOf(canvas, spot), bold])
    }
  },
}

const logitsOf = (canvas: Canvas, spot: Spot): number[] => [place, place, ...canvas.sizeFor(spot)].map(canvas.round)

function pairsAt(canvas: Canvas, scale: number): Spot[] {
  const { columns, rows, anchors } = canvas.grid(scale)
  const { ignoreThreshold: θ } = canvas.config
  const turns = kinds.flatMap((kind) => Array.from({ length: anchors }, (_, anchor) => ({ kind, anchor })))
  return turns.flatMap(({ kind, anchor }, turn) => {
    const cell = (turn * 5) % (columns * rows)
    const spot = { scale, row: Math.floor(cell / columns), column: cell % columns, anchor }
    const box = (at: Spot) => {
      const p = canvas.boxOf(at, logitsOf(canvas, at))
      return aside(p, θ + kind.above * room * iouMargin(p, aside(p, θ, kind), canvas.grid(scale)), kind)
    }
    return canvas.pair(spot, box) ?? []
  })
}
