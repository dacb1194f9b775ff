import type { Real } from '../../io/index.js'
import type { Value } from '../../onnx/index.js'
import { greater, where } from '../../onnx/logic.js'
import { add, reduceSum } from '../../onnx/math.js'
import { cast } from '../../onnx/shape.js'
import type { LossConfig } from '../config/config.js'
import { formOf } from '../config/forms.js'
import { defaultMaxBoxes } from '../config/options.js'
import type { Found } from './found.js'

/** A loss without them would be one of other labels: whether there are any, rank 0 or of each image `[B]`. */
export type Unsound = (byImage: boolean) => Value<'bool'>

/** Boxes that are refused, and labels for which a static graph has no room; undefined where there can be none. */
export function unsoundOf({ truth, matches }: Found, config: LossConfig): Unsound | undefined {
  if (truth) {
    if (config.badBoxes === 'drop') return undefined
    return (byImage) => greater(reduceSum(truth.refused, byImage ? { axes: [1] } : {}), 0)
  }
  if (formOf(config.form).placement !== 'whole') return undefined
  const { maxBoxes = defaultMaxBoxes } = config
  const over = matches
    .filter(({ exists }) => (exists.shape[1] as number) > maxBoxes)
    .map(({ exists }) => cast(greater(reduceSum(cast(exists, 'float32'), { axes: [1] }), maxBoxes), 'float32'))
  if (over.length === 0) return undefined
  const images = over.reduce((a, b) => add(a, b))
  return (byImage) => greater(byImage ? images : reduceSum(images), 0)
}

/** A number, NaN where there are any. */
export const soundly = <D extends Real>(unsound: Unsound | undefined, v: Value<D>): Value<D> =>
  unsound ? where(unsound(v.shape.length > 0), Number.NaN, v) : v
