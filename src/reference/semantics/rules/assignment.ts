import { rule } from './rule.js'

/** Which predictions are to find a box. */
export const assignment = rule({
  asks: 'which anchors a box is assigned to',
  values: {
    best: {
      says: 'the anchor of all scales whose size is most like that of the box, in the cell of its centre',
      formula: 'argmax_a IoU(w×h, a) about one centre, the first of equals',
    },
    'best-of-masks': {
      says: 'of the anchors that some scale has, coarsest first, the one most like it, at its first scale alone',
      formula: 'argmax_a IoU over the masks in order',
    },
    'best-and-above': {
      says: 'that one, and every other whose size is like enough; a later box takes cells that are taken',
      formula: 'argmax_a IoU, and all a with IoU > `assignAbove`',
    },
    'best-and-free': {
      says: 'that one, and every other whose size is like enough where no box is yet',
      formula: 'argmax_a IoU, and all free a with IoU > `assignAbove`',
    },
    above: {
      says: 'every anchor whose size is like enough; none if none is',
      formula: 'all a with IoU > `assignAbove`',
    },
    centred: {
      says: 'of each scale the anchors, standing in the middle of the cell, that overlap the box enough; else the best of all',
      formula: 'all a with IoU(box, a at c + ½) > `assignAbove`, else argmax',
    },
    'centred-coarsely': {
      says: 'the same; the best of all goes into a column and row that the coarsest grid has, whatever its scale',
      formula: 'cell min(c, g_0 − 1) where no IoU is enough',
    },
    prior: {
      says: 'the anchors, standing in the middle of any cell with a box, that overlap this box most, or more than enough',
      formula: 'argmax over boxes with IoU > `assignAbove`, then for each box all a of the greatest IoU',
    },
    ratio: {
      says: 'every anchor of each scale that is neither so many times larger nor smaller, in the cell and its two nearest neighbours',
      formula: 'max(w/a_w, a_w/w, h/a_h, a_h/h) < `assignRatio`, cells of the centre and of the centre ± ½',
    },
    responsible: {
      says: 'the predictor of its cell whose predicted box overlaps it most',
      formula: 'argmax IoU(b, box); the least root mean square error where nothing overlaps',
    },
  },
})
