import type { Real } from '../../io/index.js'
import type { Value } from '../../onnx/index.js'
import { split } from '../../onnx/ops/index.js'
import { boxEntries } from '../config/vocabulary.js'

/** Labels, targets or logits by entry: `xy` and `wh` `[…, 2]`, `obj` `[…, 1]`, `cls` `[…, C]`. */
export interface Entries<D extends Real = Real> {
  readonly xy: Value<D>
  readonly wh: Value<D>
  readonly obj: Value<D>
  readonly cls: Value<D>
}

/** `[…, 5+C]` by entry. */
export function byEntry<D extends Real>(x: Value<D>): Entries<D> {
  const d = x.shape.at(-1) as number
  const [xy, wh, obj, cls] = split(x, [2, 2, 1, d - boxEntries], -1)
  return { xy, wh, obj, cls }
}
