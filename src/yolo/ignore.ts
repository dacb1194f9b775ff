import { tensorOf } from '../graph/constants.js'
import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { decodeCentre, decodeSize } from '../loss/box.js'
import { type Box, iou } from '../loss/iou.js'
import { less, not } from '../ops/logic.js'
import { cast, concat, flatten, reshape, split, transpose, unsqueeze } from '../ops/movement.js'
import { gather, nonZero } from '../ops/select.js'
import { candidates } from './candidates.js'
import { anchorTable, type LabelledHead } from './head.js'
import { offset, type Place } from './layout.js'
import type { Cells } from './terms.js'

/**
 * Places of the cells with κ = 0, in the memory order of the logits, a cell as often as a true box hides it: `[U]`.
 *
 *   κ_p = 1 if max_k IoU(b_p, y_k) < θ else 0        k over the true boxes of this image and scale
 *
 * Hence a cell is ignored if any IoU with it is not below θ, and an image without boxes ignores nothing. `image` `[T]`
 * and `y` are those of the true boxes. Source: keras-yolo3 `yolo_loss`, `loop_body`.
 */
export function ignored<D extends Real>(head: LabelledHead<D>, image: Value<'int64'>, y: Cells<D>): Value<'int64'> {
  const { graph } = image
  const near = candidates(y.xy, y.wh, head.ignoreThreshold, head.sizes) // [Q]
  const [b, h, w] = [gather(image, near.box), near.row, near.column].map((v) => unsqueeze(v, [1])) // [Q, 1]
  const a = graph.constant(tensorOf('int64', [head.extent.a], [...Array(head.extent.a).keys()]), 'anchorIndex')
  const place = { b, h, w, a } as Required<Omit<Place, 'd'>>
  const truth = trueBoxes(y, near.box) // [2, Q, 1]
  const hidden = not(less(iou(predictedBoxes(head, place), truth), head.ignoreThreshold)) // [1, Q, A]
  const planes = head.layout.axes.filter((axis) => axis !== 'd')
  const cells = flatten(offset(planes, place, head.sizes, head.extent)) // [Q·A]
  return gather(cells, flatten(nonZero(flatten(hidden), graph.symbol('U'))))
}

function trueBoxes<D extends Real>(y: Cells<D>, box: Value<'int64'>): Box<D> {
  const planes = (v: Value<D>) => unsqueeze(transpose(gather(v, box), [1, 0]), [2])
  return { xy: planes(y.xy), wh: planes(y.wh) }
}

/** The predictions of all anchors of cells `[Q, 1]`: `[2, Q, A]` */
function predictedBoxes<D extends Real>(head: LabelledHead<D>, place: Required<Omit<Place, 'd'>>): Box<D> {
  const { logits, layout, sizes, extent, S } = head
  const { graph } = logits
  const pair = (v: Value<D>) => reshape(v, [2, 1, 1])
  return graph.scope('decode', () => {
    const d = graph.constant(tensorOf('int64', [4, 1, 1], [0, 1, 2, 3]), 'boxEntries')
    const t = cast(gather(flatten(logits), offset(layout.axes, { ...place, d }, sizes, extent)), S.dtype) // [4, Q, A]
    const [txy, twh] = split(t, [2, 2], 0)
    const c = cast(concat([unsqueeze(place.w, [0]), unsqueeze(place.h, [0])], 0), S.dtype) // [2, Q, 1]
    const a = unsqueeze(transpose(anchorTable(head), [1, 0]), [1]) // [2, 1, A]
    return { xy: decodeCentre(txy, c, pair(sizes.g)), wh: decodeSize(twh, a, pair(S)) }
  })
}
