import { byScale, edgesThatMeet, type Program } from '../program.js'

export const yunyang: Program = {
  profile: 'yunyang',
  variants: { '': {} },
  relative: 1e-5,
  absolute: 2e-6,
  expected: (computed) => ({
    scales: {
      giou: byScale(computed, 'box'),
      conf: byScale(computed, 'conf'),
      class: byScale(computed, 'class'),
      grad: computed.gradients,
    },
  }),
  apart: [edgesThatMeet],
  bugs: {
    'real-coco':
      'a box that no anchor overlaps enough is put into a cell of the coarsest grid at most (core/dataset.py, preprocess_true_boxes: train_output_sizes[i] after the loop over i)',
  },
}
