import { byScale, logitsOfZero, type Program } from '../program.js'

export const paddledetection: Program = {
  profile: 'paddledetection',
  exposes: 'terms of each scale, loss, gradients',
  variants: {
    '': {},
    _smooth: { smoothing: 'flip' },
    _above: { assignment: 'best-and-free', assignAbove: 0.26 },
  },
  relative: 1e-5,
  absolute: 2e-6,
  ours: { loss: 'loss', xy: 'xy', wh: 'wh', obj: 'conf', class: 'class', grad: 'grad_y_pred' },
  expected: (computed) => ({
    whole: { loss: [computed.outcome.loss] },
    scales: {
      xy: byScale(computed, 'xy'),
      wh: byScale(computed, 'wh'),
      obj: byScale(computed, 'conf'),
      class: byScale(computed, 'class'),
      grad: computed.gradients,
    },
  }),
  apart: [logitsOfZero],
}
