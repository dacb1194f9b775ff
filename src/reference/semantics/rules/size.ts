import { rule } from './rule.js'

/** The term wh. */
export const size = rule({
  asks: 'what is lost on the size',
  values: {
    'half-squared': { says: 'half the squared error of the logarithms', formula: 'Σ ½(t − z)²' },
    squared: { says: 'the squared error of the logarithms', formula: 'Σ (t − z)²' },
    l1: { says: 'the absolute error of the logarithms', formula: 'Σ |t − z|' },
    roots: { says: 'the squared error of the roots', formula: 'Σ (√b − √y)²' },
    none: { says: 'nothing', formula: '0' },
  },
})
