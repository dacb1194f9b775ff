import { float32, sizeOf, type Tensor } from '../../io/index.js'

/** Logit of the objectness at first: hardly any anchor holds an object, σ(−4.6) ≈ 0.01. */
const objectness = -4.6
/** Place of the objectness among the entries of an anchor, behind x, y, w and h. */
const objectnessAt = 4

/** A convolution that was never trained. */
export interface Drawn {
  /** `[M, C, kh, kw]` */
  readonly weight: Tensor<'float32'>
  /** `[M]` */
  readonly bias: Tensor<'float32'>
}

/**
 * Weight and bias of a new head, uniform within ±1/√(C·kh·kw), but for the biases of the objectness.
 * Source: torch.nn.Conv2d.reset_parameters, which is kaiming_uniform with a = √5.
 * @param shape of the weight, `[A·(5+C), C, kh, kw]`
 * @param entries 5 + classes, of which each anchor has so many in one piece
 */
export function drawnHead(shape: readonly number[], entries: number, uniform: () => number): Drawn {
  const [channels = 0, ...fan] = shape
  const bound = 1 / Math.sqrt(sizeOf(fan))
  const numbers = (count: number) => Float32Array.from({ length: count }, () => bound * (2 * uniform() - 1))
  const weight = float32(shape, numbers(sizeOf(shape)))
  const bias = numbers(channels)
  for (let at = objectnessAt; at < channels; at += entries) bias[at] = objectness
  return { weight, bias: float32([channels], bias) }
}
