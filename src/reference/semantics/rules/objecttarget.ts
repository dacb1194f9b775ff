import { rule } from './rule.js'

/** τ. */
export const objectTarget = rule({
  asks: 'what the objectness of an object is to become',
  values: {
    label: {
      says: 'what its label says, which also weighs: a fractional one is background in part',
      formula: 'o·E(o, t) + (1 − o)·κ·E(o, t)',
    },
    one: { says: '1; a fractional label only weighs', formula: 'o·E(1, t)' },
    iou: { says: 'its IoU, held constant', formula: 'E(IoU, t)' },
    ciou: { says: 'its complete IoU, held constant, 0 at least', formula: 'E(max(CIoU, 0), t)' },
  },
})
