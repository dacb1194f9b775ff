import { rule } from './rule.js'

/** s. */
export const boxScale = rule({
  asks: 'by what the terms of a box are scaled',
  values: {
    area: { says: 'small boxes count up to twice', formula: 's = 2 − y_w·y_h' },
    one: { says: 'nothing', formula: 's = 1' },
    squared: { says: 'the square of the first', formula: 's = (2 − y_w·y_h)²' },
  },
})
