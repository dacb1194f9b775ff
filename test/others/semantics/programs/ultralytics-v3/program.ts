import { edgesThatMeet, type Program, summed } from '../program.js'

export const ultralyticsV3: Program = {
  profile: 'ultralytics-v3',
  exposes: 'loss, terms, gradients',
  variants: {
    '': {},
    _smooth: { smooth: 0.1 },
    _focal: { objectness: 'retina', objectAlpha: 0.25, objectGamma: 1.5, class: 'focal', classGamma: 1.5 },
    _weighted: { objectPositive: 1.3, classPositive: 0.7 },
  },
  relative: 1e-9,
  absolute: 1e-12,
  ours: { loss: 'loss', grad: 'grad_y_pred' },
  expected: (computed) => ({
    whole: {
      loss: [computed.outcome.loss],
      items: [summed(computed, 'box'), summed(computed, 'conf'), summed(computed, 'class')],
    },
    scales: { grad: computed.gradients },
  }),
  apart: [edgesThatMeet],
}
