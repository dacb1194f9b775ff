import { add, div, mul, sqrt, sub } from '../../onnx/math.js'
import type { Moment, Settings, Stepped, UpdateRule, V } from './rule.js'

/** Source: Kingma & Ba, "Adam", 2015, algorithm 1. */
function moved({ weight, gradient: g, rate, state, corrections }: Moment, { betas, epsilon }: Settings): Stepped {
  const [β1, β2] = betas
  const m = add(mul(state.adam_m as V, β1), mul(g, 1 - β1))
  const v = add(mul(state.adam_v as V, β2), mul(mul(g, g), 1 - β2))
  const [c1, c2] = corrections
  const direction = div(div(m, c1()), add(sqrt(div(v, c2())), epsilon))
  return { weight: sub(weight, mul(direction, rate)), state: { adam_m: m, adam_v: v } }
}

const remembers = ['adam_m', 'adam_v']
const moments = 'm ← β₁·m + (1−β₁)·g,  v ← β₂·v + (1−β₂)·g²,  w ← w − r·m/(1−β₁ᵗ) / (√(v/(1−β₂ᵗ)) + ε)'

export const adam: UpdateRule = {
  formula: `g ← g + λ·w,  ${moments}`,
  remembers,
  step: (at, settings) => {
    const { weight, gradient, decay } = at
    return moved(decay === 0 ? at : { ...at, gradient: add(gradient, mul(weight, decay)) }, settings)
  },
}

/** Source: Loshchilov & Hutter, "Decoupled weight decay regularization", 2019, algorithm 2. */
export const adamw: UpdateRule = {
  formula: `w ← w − r·λ·w,  ${moments}`,
  remembers,
  step: (at, settings) => {
    const { weight, rate, decay } = at
    return moved(decay === 0 ? at : { ...at, weight: sub(weight, mul(mul(rate, decay), weight)) }, settings)
  },
}
