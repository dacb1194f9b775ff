import { profile } from './profile.js'

/** With its defaults. */
export const david8862 = profile({
  of: 'david8862/keras-YOLOv3-model-set at 96b59be',
  threshold: 0.5,
  notes: [
    'Its options: --multi_anchor_assign (`assignment` above, `assignAbove` 0.2), elim_grid_sense (`decode` scaled), label_smoothing (`smoothing` half and `smoothObject`), use_focal_loss (`class` focal, `classCells` all), use_focal_obj_loss (`objectness` retina, `objectAlpha` 0.25, `maskOf` none), use_softmax_loss (`class` softmax), iou_loss_type (`box`; none of it: `centre` bce, `size` half-squared).',
  ],
  rows: {
    assignment: ['best', 'yolo3/data.py:158-174'],
    pixels: ['whole', 'yolo3/data.py:121-124'],
    sharedBox: ['last', 'yolo3/data.py:179'],
    sharedClass: ['all', 'yolo3/data.py:181'],
    ignoreBoxes: ['scale', 'yolo3/loss.py:72'],
    atThreshold: ['ignored', 'yolo3/loss.py:75'],
    maskOf: ['predictions', 'yolo3/loss.py:73'],
    decode: ['exp', 'yolo3/postprocess.py:43-44'],
    centre: ['none', 'yolo3/loss.py:103-109'],
    size: ['none', 'yolo3/loss.py:103-109'],
    box: ['ciou', 'yolo3/loss.py:12, 103-107'],
    boxUnit: ['fraction', 'yolo3/loss.py:105-106'],
    boxScale: ['area', 'yolo3/loss.py:66, 107'],
    objectness: ['bce', 'yolo3/loss.py:85-86'],
    objectTarget: ['label', 'yolo3/loss.py:85-86'],
    class: ['bce', 'yolo3/loss.py:100'],
    classCells: ['objects', 'yolo3/loss.py:100'],
    smoothing: ['none', 'yolo3/loss.py:12'],
    singleClass: ['none', 'yolo3/loss.py:119-121'],
    reduction: ['batch', 'yolo3/loss.py:108, 123, 125'],
    backward: ['derivative', 'automatic differentiation'],
  },
  numbers: { boxEpsilon: [1e-7, 'common/loss_utils.py:156, 194, 199: K.epsilon()'] },
})
