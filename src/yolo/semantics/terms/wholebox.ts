import type { Real } from '../../../io/index.js'
import type { Value } from '../../../onnx/index.js'
import { add, div, mul, sub } from '../../../onnx/math.js'
import type { Semantics } from '../../../reference/semantics/records.js'
import type { Box } from '../../formulas/iou.js'
import { decodes, wideningOf } from '../decode.js'
import type { Scale } from '../scale.js'
import type { Coordinates } from './coordinates.js'
import type { Room } from './given.js'
import { likenesses } from './likeness/all.js'

/** How many units of length the input has along each axis `[2]`; nothing for one. */
const units: Readonly<Record<Semantics['boxUnit'], <D extends Real>(scale: Scale<D>) => Value<D> | undefined>> = {
  fraction: () => undefined,
  pixels: ({ S }) => S,
  cells: ({ sizes }) => sizes.g,
}

/** Predicted boxes, fractions of the input: unclipped, of whatever size. */
function predicted<D extends Real>({ scale, semantics }: Room<D>, { t, cell, anchor }: Coordinates<D>): Box<D> {
  const decode = decodes[semantics.decode]
  const centre = decode.centre(t.xy, wideningOf(semantics, scale.l, scale.scales))
  return { xy: div(add(centre, cell), scale.sizes.g), wh: decode.size(t.wh, div(anchor, scale.S)) }
}

/** How like predicted boxes are to the true ones, 1 at best: `[B, K, 1]` */
export function likenessOf<D extends Real>(
  room: Room<D>,
  own: Coordinates<D>,
  kind: keyof typeof likenesses,
  epsilon: number,
): Value<D> {
  const unit = units[room.semantics.boxUnit](room.scale)
  const inUnits = ({ xy, wh }: Box<D>): Box<D> => (unit ? { xy: mul(xy, unit), wh: mul(wh, unit) } : { xy, wh })
  return room.scale.graph.scope(kind, () =>
    likenesses[kind]({ p: inUnits(predicted(room, own)), t: inUnits(own.y), epsilon, hold: room.hold }),
  )
}

/** What is lost on boxes as a whole `[B, K, 1]`. */
export function wholeBoxLoss<D extends Real>(room: Room<D>, own: Coordinates<D>): Value<D> | undefined {
  const { box, boxEpsilon } = room.semantics
  if (box === 'none') return undefined
  const likeness = likenessOf(room, own, box, boxEpsilon)
  return sub(likeness.graph.scalar(1, likeness.dtype), likeness)
}
