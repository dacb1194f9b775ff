import { byScale, type Program } from '../program.js'

export const mmdetection: Program = {
  profile: 'mmdetection',
  exposes: 'terms of each scale, gradients',
  variants: { '': {}, _smooth: { smoothing: 'uniform', smooth: 0.1 } },
  relative: 1e-5,
  absolute: 1e-6,
  ours: { xy: 'xy', wh: 'wh', conf: 'conf', class: 'class', grad: 'grad_y_pred' },
  expected: (computed) => ({
    scales: {
      xy: byScale(computed, 'xy'),
      wh: byScale(computed, 'wh'),
      conf: byScale(computed, 'conf'),
      class: byScale(computed, 'class'),
      grad: computed.gradients,
    },
  }),
}
