import { rule } from './rule.js'

/** Why an ε counts more or less. */
export const boxUnit = rule({
  asks: 'what the box term measures lengths in, beside which its ε stands',
  values: {
    fraction: { says: 'fractions of the input' },
    pixels: { says: 'pixels of the input' },
    cells: { says: 'cells of the grid' },
  },
})
