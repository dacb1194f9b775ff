import type { Real } from '../../io/index.js'
import type { Value } from '../../onnx/index.js'
import { slice } from '../../onnx/parts.js'
import { transpose } from '../../onnx/shape.js'
import type { Box } from '../formulas/iou.js'

/** Boxes `[…, 4]` with their numbers first, as IoUs take them: `[2, …]` twice. */
export function planes<D extends Real>(box: Value<D>): Box<D> {
  const rank = box.shape.length
  const perm = [rank - 1, ...Array.from({ length: rank - 1 }, (_, i) => i)]
  const part = (range: string) => transpose(slice(box, `..., ${range}`), perm)
  return { xy: part('0:2'), wh: part('2:4') }
}
