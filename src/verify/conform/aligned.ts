import { type AnyTensor, sizeOf } from '../../io/index.js'
import { elementAt } from '../compare/scalar.js'

/** An array of the results as it is compared. */
export interface Aligned {
  readonly got: AnyTensor
  /** What the case has for it, in the element type of `got`; undefined where it has nothing. */
  readonly held?: AnyTensor | undefined
}

/** The numbers of a tensor as they are: every element type that holds numbers goes into float64. */
const widened = (tensor: AnyTensor): AnyTensor => ({
  dtype: 'float64',
  shape: tensor.shape,
  data: Float64Array.from({ length: tensor.data.length }, (_, i) => Number(elementAt(tensor, i))),
})

/** One number is one number, whatever its rank: not everybody can write arrays of rank 0. */
const ofOne = (got: AnyTensor, shape: readonly number[] | undefined): AnyTensor =>
  shape && sizeOf(shape) === 1 && sizeOf(got.shape) === 1 ? { ...got, shape } : got

/**
 * Brings an array and what it is held against into one element type. Values are compared, not how they are stored: float64
 * is not rounded, a mask may be bool, and float16 gets no wider tolerance for being coarse.
 * @param wanted what the case has, or else what the reference would give
 */
export function aligned(tensor: AnyTensor, held: AnyTensor | undefined, wanted: AnyTensor | undefined): Aligned {
  const got = ofOne(tensor, wanted?.shape)
  if (!wanted || wanted.dtype === got.dtype) return { got, held }
  return { got: widened(got), held: held && widened(held) }
}
