import type { Real } from '../../io/index.js'
import type { Dim, Value } from '../../onnx/index.js'
import { split } from '../../onnx/parts.js'

/** Labels, targets or logits by entry: `xy` and `wh` `[…, 2]`, `obj` `[…, 1]`, `cls` `[…, C]`. */
export interface Entries<D extends Real = Real> {
  readonly xy: Value<D>
  readonly wh: Value<D>
  readonly obj: Value<D>
  readonly cls: Value<D>
}

/** The entries in the order of the logits. */
export const entryNames = ['xy', 'wh', 'obj', 'cls'] as const satisfies readonly (keyof Entries)[]

/** `[…, 5+C]` by entry. */
export function byEntry<D extends Real>(x: Value<D>, classes: Dim): Entries<D> {
  const [xy, wh, obj, cls] = split(x, [2, 2, 1, classes], -1)
  return { xy, wh, obj, cls }
}
