import { logitsOfZero, type Program, perImage } from '../program.js'

export const gluonCv: Program = {
  profile: 'gluon-cv',
  exposes: 'terms of each image, gradients',
  variants: { '': {}, _smooth: { smoothing: 'flip' } },
  relative: 1e-5,
  absolute: 1e-6,
  ours: { obj: 'conf', center: 'xy', scale: 'wh', class: 'class', grad: 'grad_y_pred' },
  expected: ({ outcome: { scales }, gradients }) => ({
    whole: {
      obj: perImage(scales, 'conf'),
      center: perImage(scales, 'xy'),
      scale: perImage(scales, 'wh'),
      class: perImage(scales, 'class'),
    },
    scales: { grad: gradients },
  }),
  apart: [logitsOfZero],
}
