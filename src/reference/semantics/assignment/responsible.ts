import { type Box, iou } from '../../boxes.js'
import type { TrueBox } from '../cells/boxes.js'
import { indexOf, type Scale } from '../cells/input.js'
import { matchAt } from '../cells/match.js'
import { decodingOf, predictedAt } from '../cells/predicted.js'
import type { Assign, Assigning } from './assign.js'

/** Of the predictors of the cell of a box, at all scales, the one whose box overlaps it most. */
export const responsible: Assign = (given) =>
  given.boxes.flatMap((own) => {
    const found = predictorOf(given, own)
    return found ? [matchAt(found.scale, own, found.anchor)] : []
  })

interface Predictor {
  readonly scale: Scale
  readonly anchor: number
  readonly overlap: number
  readonly distance: number
}

/** Where none overlaps the box, the one of the least error decides. */
function predictorOf({ scales, semantics }: Assigning, own: TrueBox): Predictor | undefined {
  const all = scales.flatMap((scale) =>
    scale.anchors.map((_, anchor): Predictor => {
      const [column, row] = own.cell(scale)
      const place = { image: own.image, row, column, anchor, index: indexOf(scale, own.image, row, column, anchor) }
      const { box } = predictedAt(scale, place, decodingOf(semantics, scale.l, scales.length))
      return { scale, anchor, overlap: iou(box, own.box), distance: error(box, own.box) }
    }),
  )
  const isBetter = (a: Predictor, b: Predictor) =>
    a.overlap > 0 || b.overlap > 0 ? a.overlap > b.overlap : a.distance < b.distance
  return all.reduce<Predictor | undefined>((best, one) => (!best || isBetter(one, best) ? one : best), undefined)
}

const error = (a: Box, b: Box): number => Math.hypot(a.x - b.x, a.y - b.y, a.w - b.w, a.h - b.h)
