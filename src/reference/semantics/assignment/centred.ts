import { iou } from '../../boxes.js'
import { indexOf, priorOf, type Scale } from '../cells/input.js'
import { matchAt } from '../cells/match.js'
import { argmax } from './alike.js'
import type { Assign } from './assign.js'

/** The anchors of a box, finest scale first, as YunYang lists them; and where the best goes if none is enough. */
const centredIn =
  (fallback: (scales: readonly Scale[], cell: readonly [number, number]) => readonly [number, number]): Assign =>
  ({ scales, boxes, semantics }) =>
    boxes.flatMap((own) => {
      const all = scales.toReversed().flatMap((scale) =>
        scale.anchors.map((_, anchor) => {
          const [column, row] = own.cell(scale)
          const index = indexOf(scale, own.image, row, column, anchor)
          const prior = priorOf(scale, { image: own.image, row, column, anchor, index })
          return { scale, anchor, overlap: iou(own.box, prior) }
        }),
      )
      const enough = all.filter(({ overlap }) => overlap > semantics.assignAbove)
      if (enough.length > 0) return enough.map(({ scale, anchor }) => matchAt(scale, own, anchor))
      const most = all[argmax(all.map((one) => one.overlap))]
      return most ? [matchAt(most.scale, own, most.anchor, fallback(scales, own.cell(most.scale)))] : []
    })

/** Anchors stand in the middle of the cell of the centre. */
export const centred: Assign = centredIn((_, cell) => cell)

/** As YunYang has it since it keeps cells within the grid: within that of the last scale of a loop that is over. */
export const centredCoarsely: Assign = centredIn(([coarsest], [column, row]) => [
  Math.min(column, (coarsest?.columns ?? 1) - 1),
  Math.min(row, (coarsest?.rows ?? 1) - 1),
])
