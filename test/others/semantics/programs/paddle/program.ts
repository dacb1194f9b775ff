import { termNames } from '../../../../../src/reference/semantics/index.js'
import { type Program, perImage } from '../program.js'

export const paddle: Program = {
  profile: 'paddle',
  exposes: 'loss of each image and scale, gradients',
  variants: { '': {}, _plain: { smoothing: 'none' } },
  relative: 1e-9,
  absolute: 1e-12,
  ours: { grad: 'grad_y_pred', total: 'total' },
  expected: ({ outcome, gradients }) => ({
    scales: { grad: gradients, total: outcome.scales.map((scale) => perImage([scale], ...termNames)) },
  }),
  // It overwrites where the forward adds.
  backward: { sharedBox: 'last', sharedClass: 'last' },
  apart: [
    {
      because: 'a size that is predicted exactly, where its slope of |d| is -1',
      is: ({ logit, channel, boxes }) => logit === 0 && (channel === 2 || channel === 3) && boxes > 0,
    },
  ],
}
