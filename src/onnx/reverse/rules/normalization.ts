import { floatOf, intOf } from '../../graph/attribute.js'
import { add, div, mul, neg, reduceMean, reduceSum, sqrt, sub } from '../../math.js'
import { unsqueeze } from '../../shape.js'
import { type Applied, operand, sizesOf, type V } from '../applied.js'
import { type Part, type Rule, ruled } from '../rule.js'

/** Axes that a channel's numbers lie along. */
const others = (x: V): number[] => x.shape.flatMap((_, i) => (i === 1 ? [] : [i]))

/** A number for each channel, beside values `[N, C, …]`. */
const perChannel = (v: V, x: V): V =>
  x.shape.length > 2
    ? unsqueeze(
        v,
        x.shape.slice(2).map((_, i) => i + 1),
      )
    : v

const overChannel = (v: V): V => reduceSum(v, { axes: others(v) })

/**
 * With the statistics of the batch, m entries each: x̂ = (x − μ)·r with r = 1/√(σ² + ε), and
 *
 *   dx = γ·r·(g − dβ/m − x̂·dγ/m),   dγ = Σ g·x̂,   dβ = Σ g
 *
 * Source: S. Ioffe, C. Szegedy, "Batch normalization", 2015, section 3.
 */
function trained(n: Applied, g: V): Part[] {
  const [x, γ] = [operand(n), operand(n, 1)]
  const m = others(x).reduce((a, i) => a * (sizesOf(n, x)[i] as number), 1)
  const centred = sub(x, reduceMean(x, { axes: others(x), keep: true }))
  const variance = reduceMean(mul(centred, centred), { axes: others(x), keep: true })
  const s = sqrt(add(variance, floatOf(n, 'epsilon', 1e-5)))
  const x̂ = div(centred, s)
  const [dγ, dβ] = [overChannel(mul(g, x̂)), overChannel(g)]
  const rest = sub(sub(g, perChannel(mul(dβ, 1 / m), x)), mul(x̂, perChannel(mul(dγ, 1 / m), x)))
  return [mul(rest, div(perChannel(γ, x), s)), dγ, dβ]
}

/** With statistics of its own it is a line through each channel. */
function frozen(n: Applied, g: V): Part[] {
  const [x, γ, , μ, σ2] = [0, 1, 2, 3, 4].map((place) => operand(n, place)) as [V, V, V, V, V]
  const s = sqrt(add(σ2, floatOf(n, 'epsilon', 1e-5)))
  const centred = sub(x, perChannel(μ, x))
  return [mul(g, perChannel(div(γ, s), x)), div(overChannel(mul(g, centred)), s), overChannel(g)]
}

const batch = (n: Applied, g: V): Part[] => (intOf(n, 'training_mode', 0) === 1 ? trained(n, g) : frozen(n, g))

/** Each image by itself: the statistics are those of its own places. */
function instance(n: Applied, g: V): Part[] {
  const [x, γ] = [operand(n), operand(n, 1)]
  const axes = x.shape.slice(2).map((_, i) => i + 2)
  const mean = (v: V) => reduceMean(v, { axes, keep: true })
  const centred = sub(x, mean(x))
  const s = sqrt(add(mean(mul(centred, centred)), floatOf(n, 'epsilon', 1e-5)))
  const x̂ = div(centred, s)
  const h = mul(g, perChannel(γ, x))
  const dx = div(add(h, neg(add(mean(h), mul(x̂, mean(mul(h, x̂)))))), s)
  return [dx, overChannel(mul(g, x̂)), overChannel(g)]
}

/** Normalisation. */
export const normalizationRules: Readonly<Record<string, Rule>> = {
  BatchNormalization: ruled('γ·r·(g − dβ/m − x̂·dγ/m), frozen g·γ·r; Σ g·x̂; Σ g', batch, [0, 1, 2]),
  InstanceNormalization: ruled('γ·r·(g − ḡ − x̂·mean g·x̂); Σ g·x̂; Σ g', instance, [0, 1, 2]),
}
