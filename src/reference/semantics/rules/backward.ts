import { rule } from './rule.js'

/** A backward pass written by hand. */
export const backward = rule({
  asks: 'what is given out as the gradient',
  values: {
    derivative: { says: 'the derivative of the loss' },
    last: { says: 'where boxes share a cell and an anchor, that of the last box, though the losses of all add up' },
  },
})
