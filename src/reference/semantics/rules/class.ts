import { rule } from './rule.js'

/** The term class. */
export const classLoss = rule({
  asks: 'what is lost on the classes',
  values: {
    bce: { says: 'the cross-entropy of each', formula: 'Σ_c E(y_c, t_c)' },
    focal: {
      says: 'the focal loss of RetinaNet of each',
      formula: 'Σ_c (1 − p)^`classGamma`·(yα + (1 − y)(1 − α))·E(y, t), α = `classAlpha`',
    },
    softmax: { says: 'the cross-entropy of their soft-max', formula: '−Σ_c y_c·ln softmax(t)_c' },
    'softmax-focal': {
      says: 'the focal loss of their soft-max',
      formula: '−Σ_c `classAlpha`·(1 − p_c)^`classGamma`·y_c·ln p_c, p = softmax(t)',
    },
    squared: {
      says: 'the squared error of each',
      formula: 'Σ_c (p_c − y_c)², p = σ(t), or t itself for linear outputs',
    },
  },
})
