import { bold, type Canvas, type Idea, type Spot } from '../canvas.js'

/** So sure is a detector of what is left of the loss: about where 1 + exp(−t) rounds to 1 in float32. */
const sure = [15.5, 17, 18.5, 21] as const

const sureness = ({ row, column, anchor }: Spot): number => sure[(row + column + anchor) % sure.length] as number

/**
 * Everything is right and sure: a box of the size of its anchor, and background. Of the loss only the tails of
 * ln(1 + exp(−|t|)) remain, which are lost beside anything else; also beside what rounding may do to a target, hence the
 * box stands in the corner, where that is nothing.
 */
export const tails: Idea = {
  name: 'tails',
  whole: true,
  paint(canvas) {
    const boxes = canvas.scales.flatMap((scale) => boxAt(canvas, scale) ?? [])
    return () => {
      for (const scale of canvas.scales)
        for (const spot of canvas.spots(scale)) {
          const { logits } = canvas.at(spot)
          logits.fill(canvas.round(-sureness(spot)))
          logits.fill(0, 2, 4)
        }
      for (const spot of boxes) {
        const { logits, labels } = canvas.at(spot)
        const t = canvas.round(sureness(spot))
        for (const k of logits.keys()) if (k >= 4 && labels[k]) logits[k] = t
      }
    }
  },
}

function boxAt(canvas: Canvas, scale: number): Spot | undefined {
  const spot = { scale, row: 0, column: 0, anchor: canvas.grid(scale).anchors - 1 }
  const [w, h] = canvas.anchor(spot)
  return canvas.label(spot, { x: 0, y: 0, w, h }) ? spot : undefined
}

/** How far from the threshold predictions of whole images lie, in parts of it: less than what is looked for. */
const apart = 0.003

/**
 * One box far larger than the image, which every row predicts with an IoU that lies just beside the threshold: below for
 * one half of the rows, above for the other, and the other way round in the next image.
 */
export const everywhere = (turn: 0 | 1): Idea => ({
  name: 'everywhere',
  paint(canvas) {
    const { ignoreThreshold: θ } = canvas.config
    if (θ <= 0 || θ > 0.9) return () => undefined
    // Wherever a prediction stands, it lies within the box.
    const side = 1.05 / (1 - Math.sqrt(θ * (1 + apart)))
    for (const scale of canvas.scales) {
      const { columns, rows } = canvas.grid(scale)
      const middle = { scale, row: Math.floor(rows / 2), column: Math.floor(columns / 2), anchor: 0 }
      canvas.label(middle, { x: 0.5, y: 0.5, w: side, h: side })
    }
    return () => {
      for (const scale of canvas.scales)
        for (const [i, spot] of [...canvas.spots(scale)].entries()) {
          if (canvas.at(spot).labels[4] !== 0) continue
          const own = side * Math.sqrt(θ * (1 + ((i + turn) % 2 === 0 ? apart : -apart)))
          const [w, h] = canvas.anchor(spot)
          canvas.write(spot, [0.3, -0.4, Math.log(own / w), Math.log(own / h), bold])
        }
    }
  },
})
