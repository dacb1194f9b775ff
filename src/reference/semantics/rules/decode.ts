import { rule } from './rule.js'

/** From logits to a box. */
export const decode = rule({
  asks: 'how logits become a box',
  values: {
    exp: { says: 'σ and exponential', formula: 'b_xy = (σ(t) + c)/g, b_wh = a·e^t / S' },
    scaled: {
      says: 'a wider σ and exponential',
      formula: 'b_xy = (q·σ(t) − (q − 1)/2 + c)/g with q = `scaleXY`, b_wh = a·e^t / S',
    },
    squared: { says: 'twice σ, squared for the size', formula: 'b_xy = (2σ(t) − ½ + c)/g, b_wh = a·(2σ(t))² / S' },
    linear: {
      says: 'as they are, squared for the size; confidence and classes are as they are too',
      formula: 'b_xy = (t + c)/g, b_wh = t²',
    },
  },
})
