import type { Box } from '../../scene/rows.js'
import { bold, type Canvas, type Idea, type Spot } from '../canvas.js'

/** How many boxes there are where a graph sets no limit: more than anybody's table of 20 or 32 holds. */
const enough = 40

/** Objectness that float16 does not tell from none; the last of the boxes has it. */
const faint = 1e-9

/**
 * As many boxes as an image may have; those at the end of memory order, which are of no class, each excuse one prediction,
 * so that it shows if a table of boxes ends early.
 */
export const crowd: Idea = {
  name: 'crowd',
  paint(canvas) {
    const found = canvas.scales.flatMap((scale) => crowdAt(canvas, scale))
    return () => {
      for (const [spot, box] of found) canvas.write(spot, [...canvas.logitsFor(spot, box), bold])
    }
  },
}

const boxIn = (canvas: Canvas, { scale, row, column, anchor }: Spot, part: number): Box => {
  const { columns, rows } = canvas.grid(scale)
  const x = (column + 0.3 + 0.2 * anchor) / columns
  return { x, y: (row + 0.5) / rows, w: part / columns, h: part / rows }
}

function crowdAt(canvas: Canvas, scale: number): (readonly [Spot, Box])[] {
  const spots = [...canvas.spots(scale)]
  const most = Math.min(canvas.limit, spots.length)
  const isLimited = canvas.limit < Number.POSITIVE_INFINITY
  const pairs = isLimited ? Math.min(spots.length - most, most) : enough
  // Small boxes that excuse nothing come first.
  for (const spot of isLimited ? spots.slice(0, most - pairs) : []) canvas.label(spot, boxIn(canvas, spot, 0.05))
  const found: (readonly [Spot, Box])[] = []
  for (const spot of spots.toReversed()) {
    if (found.length === pairs) break
    if (!canvas.isFree(spot)) continue
    const said = { classes: [], ...(found.length === 0 ? { objectness: faint } : {}) }
    const own = canvas.pair(spot, (at) => boxIn(canvas, at, 0.4), said)
    if (own) found.push([own, boxIn(canvas, own, 0.4)])
  }
  return found
}
