import { rule } from './rule.js'

/** How the centre of a box comes from its corners. */
export const pixels = rule({
  asks: 'what the centre and size of a box are, which differs where centres lie between cells',
  values: {
    whole: { says: 'a centre cut to whole pixels, all numbers float32', formula: 'x = ⌊(x1 + x2)/2⌋ / S' },
    exact: { says: 'as the corners say; its cell is that of the fraction', formula: 'x = (x1 + x2)/2 / S, cell ⌊x·g⌋' },
    float32: { says: 'the same in float32', formula: 'x = f32((x1 + x2)/2 / S), cell ⌊f32(x·g)⌋' },
    stride: { says: 'as the corners say; its cell is that of the pixel', formula: 'cell ⌊(x1 + x2)/2 / stride⌋' },
  },
})
