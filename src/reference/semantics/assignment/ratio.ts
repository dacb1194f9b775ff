import type { TrueBox } from '../cells/boxes.js'
import type { Scale } from '../cells/input.js'
import { type Match, matchAt } from '../cells/match.js'
import type { Assign } from './assign.js'

/** A centre closer to the border of its cell than this is looked for beyond it too, in cells. */
const reach = 0.5

/** How far a centre is moved: nowhere, left, up, right, down. */
const moves: readonly (readonly [number, number])[] = [
  [0, 0],
  [-reach, 0],
  [0, -reach],
  [reach, 0],
  [0, reach],
]

/** Every anchor of comparable size, in the cell of the centre and across its nearest borders; written move by move. */
export const ratio: Assign = ({ scales, boxes, semantics }) =>
  scales.flatMap((scale) =>
    moves.flatMap((move) =>
      scale.anchors.flatMap((_, anchor) =>
        boxes.flatMap((own) => {
          const cell = isComparable(scale, own, anchor, semantics.assignRatio) ? moved(scale, own, move) : undefined
          return cell ? [matchAt(scale, own, anchor, cell)] : ([] satisfies Match[])
        }),
      ),
    ),
  )

function isComparable({ anchors, input }: Scale, { box }: TrueBox, anchor: number, limit: number): boolean {
  const [aw, ah] = anchors[anchor] as readonly [number, number]
  const [w, h] = [(box.w * input.width) / aw, (box.h * input.height) / ah]
  return Math.max(w, 1 / w, h, 1 / h) < limit
}

/** The cell of a moved centre; undefined where the centre is not near that border, or there is no cell beyond it. */
function moved(scale: Scale, { box }: TrueBox, [dx, dy]: readonly [number, number]): [number, number] | undefined {
  const [x, y] = [box.x * scale.columns, box.y * scale.rows]
  const isNear = (position: number, move: number, cells: number) => {
    if (move === 0) return true
    const inside = move < 0 ? position : cells - position
    return inside % 1 < reach && inside > 1
  }
  if (!isNear(x, dx, scale.columns) || !isNear(y, dy, scale.rows)) return undefined
  const within = (cell: number, cells: number) => Math.min(Math.max(cell, 0), cells - 1)
  return [within(Math.trunc(x + dx), scale.columns), within(Math.trunc(y + dy), scale.rows)]
}
