import { rule } from './rule.js'

/** The term conf. */
export const objectness = rule({
  asks: 'what is lost on the objectness',
  values: {
    bce: { says: 'the cross-entropy', formula: 'E(τ, t)' },
    focal: { says: 'that, weighted by the error', formula: '`objectAlpha`·|τ − σ|^`objectGamma`·E(τ, t)' },
    retina: {
      says: 'the focal loss of RetinaNet',
      formula: '(1 − p)^`objectGamma`·(τα + (1 − τ)(1 − α))·E(τ, t), p = τσ + (1 − τ)(1 − σ), α = `objectAlpha`',
    },
    squared: { says: 'the squared error', formula: '(p − τ)², p = σ(t), or t itself for linear outputs' },
  },
})
