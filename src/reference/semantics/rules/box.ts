import { rule } from './rule.js'

/** The term box. */
export const box = rule({
  asks: 'what is lost on the box as a whole',
  values: {
    none: { says: 'nothing', formula: '0' },
    iou: { says: 'what its IoU lacks', formula: '1 − I/(U + ε)' },
    giou: { says: 'what its generalised IoU lacks', formula: '1 − IoU + (H − U)/(H + ε), H the hull' },
    diou: { says: 'what its distance IoU lacks', formula: '1 − IoU + d²/(D² + ε), D the diagonal of the hull' },
    ciou: {
      says: 'what its complete IoU lacks',
      formula: '1 − DIoU + αv, v = 4/π²·(atan(y_w/y_h) − atan(b_w/b_h))², α = v/(1 + ε − IoU + v) held constant',
    },
  },
})
