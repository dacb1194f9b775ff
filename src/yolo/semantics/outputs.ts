import type { Real } from '../../io/index.js'
import type { Value } from '../../onnx/index.js'
import { equal, where } from '../../onnx/logic.js'
import { argMax, reduceSum } from '../../onnx/math.js'
import { concat, slice } from '../../onnx/parts.js'
import { cast, flatten, reshape, squeeze, unsqueeze } from '../../onnx/shape.js'
import { termNames } from '../../reference/semantics/records.js'
import type { LossConfig } from '../config/config.js'
import { fullLike } from './full.js'
import { inCells } from './inorder.js'
import type { TrueBoxes } from './matches/truth.js'
import type { Loss, Reducing } from './reducing.js'
import type { ScaleTerms } from './terms/terms.js'
import { soundly, type Unsound } from './unsound.js'

type Outputs = Record<string, Value>

/** κ of a scale as a number `[B, h·w·A]`. */
function maskOf<D extends Real>({ given: { κ, scale } }: ScaleTerms<D>): Value<D> {
  return κ ? cast(κ, scale.dtype) : fullLike(squeeze(slice(scale.logits, '..., 0:1'), [2]), 1, scale.dtype)
}

/** The terms of a scale, the sum of κ, and how many rows have an object; a term that there is not is 0, but for the box. */
export function componentsOf<D extends Real>(
  { components, scales, loss }: Loss<D>,
  { byImage }: Reducing,
  unsound: Unsound | undefined,
): Outputs {
  const nothing = () => (byImage ? fullLike(loss, 0, loss.dtype) : loss.graph.scalar(0, loss.dtype))
  const count = (v: Value<D>) => reduceSum(v, byImage ? { axes: [1] } : {})
  return Object.assign(
    {},
    ...scales.map((scale, l) => {
      const terms = termNames.flatMap((name) => {
        const own = components[l]?.[name]
        return own || name !== 'box' ? [[`${name}_${l}`, soundly(unsound, own ?? nothing())]] : []
      })
      return {
        ...Object.fromEntries(terms),
        [`ignore_${l}`]: count(maskOf(scale)),
        [`positives_${l}`]: count(cast(scale.given.matches.isLast, loss.dtype)),
      }
    }),
  )
}

/** κ of each scale `[B, h, w, A, 1]`. */
export const masksOf = <D extends Real>({ scales }: Loss<D>): Outputs =>
  Object.fromEntries(
    scales.map((own, l) => [`ignore_mask_${l}`, inCells(own.given.scale, unsqueeze(maskOf(own), [2]))]),
  )

/** How many rows of boxes were refused, and image·T + row of the first, −1 where there is none. */
export function refusalsOf({ refused }: TrueBoxes): Outputs {
  const { graph } = refused
  const count = reduceSum(refused)
  // A number beside them, so that there is a largest among no rows.
  const beside = graph.constant({ dtype: 'float32', shape: [1], data: Float32Array.of(0.5) })
  const first = cast(argMax(concat([flatten(refused), beside], 0)), 'float32')
  return { boxes_refused: count, first_refused: where(equal(count, 0), graph.scalar(-1, 'float32'), first) }
}

/** The loss as a configuration wants it. */
export const lossOf = <D extends Real>({ loss }: Loss<D>, { lossRank }: LossConfig, unsound: Unsound | undefined) => {
  const sound = soundly(unsound, loss)
  return lossRank === 1 && loss.shape.length === 0 ? reshape(sound, [1]) : sound
}
