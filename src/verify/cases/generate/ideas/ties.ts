import { type Box, isUnrounded } from '../../../../reference/index.js'
import { bold, type Canvas, type Idea, type Spot } from '../canvas.js'
import { nearTie, tieWith } from '../ties.js'

/** What zero logits predict: the anchor in the middle of the cell. */
const zero = [0, 0, 0, 0] as const

/**
 * Predictions whose IoU with a true box is exactly θ, and the nearest ones on both sides, where arithmetic allows them:
 * σ(0) = ½ and e⁰ = 1 are exact, and where anchors over the input size and centres over the grid are too, float32 rounds
 * nothing but the quotient.
 */
export const ties: Idea = {
  name: 'ties',
  paint(canvas) {
    const predictions = canvas.scales.flatMap((scale) => tiesAt(canvas, scale))
    return () => {
      for (const spot of predictions) if (canvas.at(spot).labels[4] === 0) canvas.write(spot, [...zero, bold])
    }
  },
}

type Kind = 'tie' | 'above' | 'below'

/** Boxes about the middle of the image that tie with an anchor, or nearly do, on either side. */
function boxesFor(canvas: Canvas, scale: number, anchor: number): (readonly [Kind, Box])[] {
  const { ignoreThreshold: θ } = canvas.config
  const [w, h] = canvas.anchor({ scale, anchor })
  const middle = { x: 0.5, y: 0.5, w, h }
  const tie = tieWith(middle, θ)
  const above = tie && nearTie(middle, tie, θ, 1)
  const below = tie && nearTie(middle, tie, θ, -1)
  const found: (readonly [Kind, Box | undefined])[] = [
    ['tie', tie],
    ['above', above],
    ['below', below],
  ]
  return found.flatMap(([kind, box]) => (box ? [[kind, box] as const] : []))
}

/** A grid that is no power of two has exact centres in few cells only. */
const isCentred = (p: Box, box: Box): boolean => isUnrounded(p, { ...box, x: p.x, y: p.y })

function tiesAt(canvas: Canvas, scale: number): Spot[] {
  const { columns, rows, anchors } = canvas.grid(scale)
  const done: Spot[] = []
  let cell = 0
  for (let anchor = 0; anchor < anchors; anchor++)
    for (const [, box] of boxesFor(canvas, scale, anchor))
      for (const end = cell + columns * rows; cell < end; cell++) {
        const spot = { scale, row: Math.floor(cell / columns) % rows, column: cell % columns, anchor }
        const p = canvas.boxOf(spot, zero)
        const isTaken = canvas.at(spot).labels[4] !== 0 || done.some((own) => isSame(own, canvas.beside(spot)))
        if (isTaken || !isCentred(p, box)) continue
        if (!canvas.label(canvas.beside(spot), { ...box, x: p.x, y: p.y })) continue
        done.push(spot)
        cell++
        break
      }
  return done
}

const isSame = (a: Spot, b: Spot): boolean => a.row === b.row && a.column === b.column && a.anchor === b.anchor
