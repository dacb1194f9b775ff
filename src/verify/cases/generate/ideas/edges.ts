import type { Box } from '../../scene/rows.js'
import { bold, type Canvas, type Idea, type Spot } from '../canvas.js'

/** How far from the side of its cell a centre lies, and the size of boxes in cells. */
const [near, wide] = [0.1, 1.6]

/** A row, perhaps of the image before or after. */
interface Bait {
  readonly spot: Spot
  readonly image: number
  readonly logits: readonly number[]
}

const logit = (p: number): number => Math.log(p / (1 - p))

/** Logits whose box is as large as ours and lies so in its cell. */
function logitsAt(canvas: Canvas, spot: Spot, [x, y]: readonly [number, number], { w, h }: Box): readonly number[] {
  const [anchorW, anchorH] = canvas.anchor(spot)
  return [logit(x), logit(y), Math.log(w / anchorW), Math.log(h / anchorH), bold]
}

/**
 * Boxes at every side of the image, and at the other end a prediction that would meet them if rows and images went on
 * there: the cell to the right of the last column is the first of the next row, the row below the last one is the first
 * of the next image.
 */
export const edges: Idea = {
  name: 'edges',
  paint(canvas) {
    const baits = canvas.scales.flatMap((scale) => sides.flatMap((side, k) => baitAt(canvas, scale, side, k) ?? []))
    const images = canvas.tensors.labels[0]?.shape[0] ?? 1
    return () => {
      for (const { spot, image, logits } of baits) {
        const own = (image + images) % images
        if (canvas.at(spot, own).labels[4] === 0) canvas.write(spot, logits, own)
      }
    }
  },
}

/** Right, left, bottom, top. */
const sides = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const

/** The end of a range that a step leads beyond, and where one comes out on the other side. */
const endOf = (step: number, size: number): number => (step > 0 ? size - 1 : 0)

function baitAt(canvas: Canvas, scale: number, [dx, dy]: readonly [number, number], turn: number): Bait | undefined {
  const { columns, rows, anchors } = canvas.grid(scale)
  const [column, row] = [dx ? endOf(dx, columns) : turn % columns, dy ? endOf(dy, rows) : Math.floor(rows / 2)]
  const spot = { scale, row, column, anchor: turn % anchors }
  const [w, h] = [wide / columns, wide / rows]
  const within = (step: number) => (step === 0 ? 0.5 : step > 0 ? 1 - near : near)
  const box = { x: (column + within(dx)) / columns, y: (row + within(dy)) / rows, w, h }
  if (!canvas.label(canvas.beside(spot), box)) return undefined
  const after = row * columns + column + dx + dy * columns
  const cell = (after + columns * rows) % (columns * rows)
  const there = { ...spot, row: Math.floor(cell / columns), column: cell % columns }
  const image = canvas.image + Math.floor(after / (columns * rows))
  return { spot: there, image, logits: logitsAt(canvas, there, [within(-dx), within(-dy)], box) }
}
