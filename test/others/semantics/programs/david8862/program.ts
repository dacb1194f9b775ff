import { edgesThatMeet, type Program, summed } from '../program.js'

export const david8862: Program = {
  profile: 'david8862',
  exposes: 'loss, terms, gradients',
  variants: {
    '': {},
    _coordinates: { box: 'none', centre: 'bce', size: 'half-squared' },
    _iou: { box: 'iou' },
    _giou: { box: 'giou' },
    _diou: { box: 'diou' },
    _smooth: { smoothing: 'half', smooth: 0.1, smoothObject: 0.1 },
    _focal: { class: 'focal', classCells: 'all' },
    _focal_objectness: { objectness: 'retina', objectAlpha: 0.25, maskOf: 'none' },
    _softmax: { class: 'softmax' },
    _softmax_focal: { class: 'softmax-focal' },
    _scaled: (scales) => ({ decode: 'scaled', scaleXY: scales === 3 ? [1.2, 1.1, 1.05] : [1.05] }),
    _above: { assignment: 'above', assignAbove: 0.2 },
  },
  relative: 1e-9,
  absolute: 1e-12,
  ours: { loss: 'loss', location: 'location', confidence: 'conf', class: 'class', grad: 'grad_y_pred' },
  expected: (computed) => ({
    whole: {
      loss: [computed.outcome.loss],
      location: [summed(computed, 'xy', 'wh', 'box')],
      confidence: [summed(computed, 'conf')],
      class: [summed(computed, 'class')],
    },
    scales: { grad: computed.gradients },
  }),
  apart: [
    edgesThatMeet,
    {
      because: 'TensorFlow takes labels of the soft-max to have the sum 1, and two boxes in a cell give 2',
      is: ({ variant, boxes, channel }) => variant.startsWith('_softmax') && boxes > 1 && channel > 4,
    },
  ],
}
