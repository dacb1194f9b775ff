import type { Detector } from '../../detector/index.js'
import { float32, sizeOf, type Tensor } from '../../io/index.js'
import { type TensorProto, tensorFrom } from '../../onnx/index.js'
import type { Initial } from './update.js'

/** Tensors by the names of the inputs they go into. */
export type Values = Readonly<Record<string, Tensor>>

/** What a step begins with: parameters and statistics as the detector has them, and what is remembered of them. */
export function initialValues(
  { initializers, file }: Detector,
  stored: readonly string[],
  state: ReadonlyMap<string, Initial>,
): Values {
  const own = stored.map((name) => {
    const { tensor } = tensorFrom(initializers.get(name) as TensorProto, file)
    return [name, tensor as Tensor<'float32'>] as const
  })
  const values = new Map(own)
  const remembered = [...state].map(([name, { like, zero }]) => {
    const { shape, data } = values.get(like) as Tensor<'float32'>
    return [name, zero ? float32(shape, new Float32Array(sizeOf(shape))) : { dtype: 'float32', shape, data }] as const
  })
  const step = { dtype: 'int64', shape: [], data: new BigInt64Array(1) } as const
  return Object.fromEntries<Tensor>([
    ...own,
    ...(remembered as [string, Tensor][]),
    ...(state.size > 0 ? [['step', step] as const] : []),
  ])
}
