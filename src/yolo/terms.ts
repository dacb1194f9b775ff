import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { bceWithLogits, type Log1pExp } from '../loss/bce.js'
import { add, mul, sub } from '../ops/elementwise.js'
import { where } from '../ops/logic.js'

/** The entries of cells: `xy` and `wh` `[…, 2]`, `obj` `[…, 1]`, `cls` `[…, C]`. */
export interface Cells<D extends Real = Real> {
  readonly xy: Value<D>
  readonly wh: Value<D>
  readonly obj: Value<D>
  readonly cls: Value<D>
}

/**
 * The four terms of cells, element by element: z targets, t logits, s = 2 − w·h `[…, 1]`, κ the ignore mask `[…, 1]`,
 * o = z.obj.
 *
 *   xy   = o·s·E(z_xy, t_xy)
 *   wh   = o·s·½·(z_wh − t_wh)²
 *   conf = o·E(o, t_o) + (1 − o)·E(o, t_o)·κ
 *   cls  = o·E(z_c, t_c)
 *
 * Source: keras-yolo3 `yolo_loss`.
 */
export function terms<D extends Real>(z: Cells<D>, t: Cells<D>, s: Value<D>, κ: Value<'bool'>, log1pExp: Log1pExp) {
  const { graph, dtype } = s
  const o = z.obj
  const one = graph.scalar(1, dtype)
  const E = (label: Value<D>, logit: Value<D>) => bceWithLogits(label, logit, log1pExp)
  const square = (d: Value<D>) => mul(d, d)
  return {
    xy: graph.scope('xy', () => mul(mul(o, s), E(z.xy, t.xy))),
    wh: graph.scope('wh', () => mul(mul(mul(o, s), 0.5), square(sub(z.wh, t.wh)))),
    conf: graph.scope('conf', () => {
      const e = E(o, t.obj)
      return add(mul(o, e), where(κ, mul(sub(one, o), e), 0))
    }),
    class: graph.scope('class', () => mul(o, E(z.cls, t.cls))),
  }
}
