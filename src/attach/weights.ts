import { refuse } from '../detector/index.js'
import { quoted, type Tensor } from '../io/index.js'
import type { Data } from './kept.js'

/** Tensors by name. */
export type Weights = Readonly<Record<string, Tensor>>

/** The numbers that a training step keeps elsewhere. @throws InputError where one is asked for that is not there */
export const dataOf =
  (file: string, weights: Weights | undefined): Data =>
  (name, was) => {
    const where = `${file}, weight ${quoted(name)}`
    if (!weights)
      refuse('E_WEIGHTS', where, 'is kept beside the model', 'give the archive of weights: --weights FILE.npz')
    const tensor = Object.hasOwn(weights, name) ? weights[name] : undefined
    if (!tensor) refuse('E_WEIGHTS', where, 'is not among the weights given', 'give those of this step')
    const { data, dtype, shape } = tensor
    if (dtype !== 'float32' || String(shape) !== String(was))
      refuse('E_WEIGHTS', where, `is ${dtype}[${shape}], and was float32[${was}]`, 'give those of this step')
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  }
