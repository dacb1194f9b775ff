import { type Program, squares } from '../program.js'

export const alexeyab: Program = {
  profile: 'alexeyab',
  exposes: 'delta, the cost it prints',
  variants: {
    '': {},
    _above: { assignment: 'best-and-above', assignAbove: 0.213, sharedBox: 'mean' },
    _smooth: { smoothing: 'half', smooth: 0.1 },
  },
  relative: 1e-5,
  absolute: 5e-6,
  ours: { grad: 'grad_y_pred', cost: 'cost' },
  expected: (computed) => ({ scales: { grad: computed.gradients, cost: squares(computed) } }),
}
