import { diou } from './diou.js'
import { plainIou } from './iou.js'
import { type Likeness, plus, type Quantity } from './overlap.js'

/**
 * DIoU − α·v with v = 4/π²·(atan(t_w/t_h) − atan(p_w/p_h))² and α = v/(1 + ε − IoU + v), which is held constant.
 *
 *     d atan(w/h) = (h·dw − w·dh)/(w² + h²)
 */
export const ciou: Likeness = (p, t, epsilon, held) => {
  const turn = Math.atan(t.w / t.h) - Math.atan(p.w / p.h)
  const each = (-8 / Math.PI ** 2) * (turn / (p.w * p.w + p.h * p.h))
  const v: Quantity = { value: (4 / Math.PI ** 2) * turn * turn, by: [0, 0, each * p.h, -each * p.w] }
  const alpha = held ?? v.value / (1 + epsilon - plainIou(p, t, epsilon).value + v.value)
  return { ...plus(diou(p, t, epsilon), -alpha, v), held: alpha }
}
