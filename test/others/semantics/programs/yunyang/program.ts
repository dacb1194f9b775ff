import { byScale, edgesThatMeet, type Program } from '../program.js'

export const yunyang: Program = {
  profile: 'yunyang',
  exposes: 'terms of each scale, gradients',
  variants: { '': {} },
  relative: 1e-5,
  absolute: 2e-6,
  ours: { giou: 'box', conf: 'conf', class: 'class', grad: 'grad_y_pred' },
  expected: (computed) => ({
    scales: {
      giou: byScale(computed, 'box'),
      conf: byScale(computed, 'conf'),
      class: byScale(computed, 'class'),
      grad: computed.gradients,
    },
  }),
  apart: [edgesThatMeet],
}
