import type { TrueBox } from '../cells/boxes.js'
import { indexOf, type Place, type Scale } from '../cells/input.js'
import { type Match, matchAt } from '../cells/match.js'
import { argmax } from './alike.js'
import type { Assign } from './assign.js'

/** A row of predictions in a cell with the centre of some box, and its anchor's overlap with each box of the image. */
interface Candidate {
  readonly scale: Scale
  readonly place: Place
  readonly overlaps: readonly number[]
}

/**
 * GridAssigner of mmdetection, image by image: every anchor in a cell with a centre takes the box that it overlaps most,
 * if enough; then every box takes all anchors that overlap it most, whichever cell with a centre they stand in.
 */
export const prior: Assign = ({ scales, boxes, semantics }) => {
  const images = [...new Set(boxes.map(({ image }) => image))]
  return images.flatMap((image) => {
    const own = boxes.filter((one) => one.image === image)
    return ofImage(scales, own, semantics.assignAbove)
  })
}

function ofImage(scales: readonly Scale[], boxes: readonly TrueBox[], limit: number): Match[] {
  const candidates = scales.flatMap((scale) => candidatesAt(scale, boxes))
  const taken = new Map<Candidate, TrueBox>()
  for (const one of candidates) {
    const nearest = argmax(one.overlaps)
    if ((one.overlaps[nearest] as number) > limit) taken.set(one, boxes[nearest] as TrueBox)
  }
  for (const [t, own] of boxes.entries()) {
    const most = Math.max(...candidates.map(({ overlaps }) => overlaps[t] as number))
    if (most > 0) for (const one of candidates) if (one.overlaps[t] === most) taken.set(one, own)
  }
  return candidates.flatMap((one) => {
    const own = taken.get(one)
    const { scale, place } = one
    return own ? [matchAt(scale, own, place.anchor, [place.column, place.row])] : []
  })
}

function candidatesAt(scale: Scale, boxes: readonly TrueBox[]): Candidate[] {
  const found = new Map<number, Place>()
  for (const own of boxes) {
    const { image } = own
    const [column, row] = own.cell(scale)
    for (const anchor of scale.anchors.keys()) {
      const index = indexOf(scale, image, row, column, anchor)
      found.set(index, { image, row, column, anchor, index })
    }
  }
  const places = [...found.values()].sort((a, b) => a.index - b.index)
  return places.map((place) => ({ scale, place, overlaps: boxes.map((box) => inPixels(scale, place, box)) }))
}

/**
 * IoU by corners in pixels, in float32: of two equal overlaps the later box decides, and equal in float32 is what the
 * original looks at. Boxes within an anchor have the same IoU wherever it stands.
 */
function inPixels({ anchors, columns, rows, input }: Scale, { column, row, anchor }: Place, own: TrueBox): number {
  const { fround, min, max } = Math
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = own.corners
  const [w, h] = anchors[anchor] as readonly [number, number]
  const [x, y] = [((column + 0.5) * input.width) / columns, ((row + 0.5) * input.height) / rows]
  const area = (across: number, down: number) => fround(fround(across) * fround(down))
  const across = max(min(x2, x + w / 2) - max(x1, x - w / 2), 0)
  const down = max(min(y2, y + h / 2) - max(y1, y - h / 2), 0)
  const both = area(across, down)
  return fround(both / fround(fround(area(x2 - x1, y2 - y1) + area(w, h)) - both))
}
