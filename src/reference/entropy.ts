/**
 * Cross-entropy of label z against logit x, in nats (semantics 2, `E`):
 *
 *     E(z,x) = −z·ln σ(x) − (1−z)·ln(1−σ(x)) = max(x,0) − x·z + ln(1+e^−|x|)
 *
 * Holds for labels outside [0,1] too, where it can be negative (S18).
 */
export const crossEntropy = (z: number, x: number): number => Math.max(x, 0) - x * z + tail(x)

/** ln(1+e^−|x|), the part of E that does not depend on the label. */
const tail = (x: number): number => Math.log1p(Math.exp(-Math.abs(x)))

/**
 * Size of what E is summed from when it is computed as `x·(H(x) − z) + ln(1+e^−|x|)`, H being the unit step.
 *
 * Equals E for labels in [0,1], where both parts are positive; exceeds it where they cancel.
 */
export const crossEntropySize = (z: number, x: number): number => Math.abs(x * ((x >= 0 ? 1 : 0) - z)) + tail(x)

/** Entropy of a coin of probability p, in nats: the least E(p,x) over all logits x. */
export const entropy = (p: number): number => surprise(p) + surprise(1 - p)

const surprise = (p: number): number => (p === 0 ? 0 : -p * Math.log(p))

/**
 * Greatest lower bound of `weight · E(z,x)` over all logits x.
 *
 * E has no upper bound, and none below either once z leaves [0,1]: then the answer is −∞.
 */
export function leastCrossEntropy(weight: number, z: number): number {
  if (weight === 0) return 0
  return weight < 0 || z < 0 || z > 1 ? Number.NEGATIVE_INFINITY : weight * entropy(z)
}
