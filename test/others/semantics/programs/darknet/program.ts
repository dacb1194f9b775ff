import { type Program, squares } from '../program.js'

export const darknet: Program = {
  profile: 'darknet',
  exposes: 'delta, the cost it prints',
  variants: { '': {} },
  relative: 1e-5,
  // Centres are float32 fractions there, times 52 cells.
  absolute: 5e-6,
  ours: { grad: 'grad_y_pred', cost: 'cost' },
  expected: (computed) => ({ scales: { grad: computed.gradients, cost: squares(computed) } }),
}
