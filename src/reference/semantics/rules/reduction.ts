import { rule } from './rule.js'

/** From cells to a number. */
export const reduction = rule({
  asks: 'what is made of the sums',
  values: {
    batch: { says: 'divided by the number of images', formula: 'Σ / B' },
    image: { says: 'one loss for each image', formula: 'L_b = Σ_b' },
    sum: { says: 'nothing', formula: 'Σ' },
    mean: {
      says: 'means: of a box over the boxes of the scale, of classes over boxes and classes, of objectness over all cells',
      formula: 'Σ/n, Σ/(n·C), Σ/(B·h·w·A)',
    },
    'mean-times-batch': {
      says: 'the same, and the loss is multiplied by the number of images',
      formula: 'L = B·Σ_l means',
    },
  },
})
