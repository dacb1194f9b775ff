import { profile } from './profile.js'

/** As its yolov3 configurations use it: no label smoothing, one anchor for a box. */
export const paddledetection = profile({
  of: 'PaddlePaddle/PaddleDetection at 666f597',
  threshold: 0.7,
  notes: [
    'Its configurations can ask for more: iou_thresh (`assignment` best-and-free), scale_x_y (`decode` scaled, `centre` l1), label_smooth (`smoothing` flip), iou_loss (`box`).',
    'The cross-entropy of the centre is taken of float32 probabilities, and loses what a large logit says.',
  ],
  rows: {
    assignment: ['best', 'ppdet/data/transform/batch_operators.py:212-229'],
    pixels: ['exact', 'ppdet/data/transform/batch_operators.py:206'],
    sharedBox: ['last', 'ppdet/data/transform/batch_operators.py:232-239'],
    sharedClass: ['all', 'ppdet/data/transform/batch_operators.py:244'],
    ignoreBoxes: ['image', 'ppdet/modeling/losses/yolo_loss.py:83'],
    atThreshold: ['counts', 'ppdet/modeling/losses/yolo_loss.py:86'],
    maskOf: ['predictions', 'ppdet/modeling/losses/yolo_loss.py:73'],
    decode: ['exp', 'ppdet/modeling/losses/yolo_loss.py:135-136'],
    centre: ['bce', 'ppdet/modeling/losses/yolo_loss.py:139-141'],
    size: ['l1', 'ppdet/modeling/losses/yolo_loss.py:149-151'],
    box: ['none', 'ppdet/modeling/losses/yolo_loss.py:157'],
    boxUnit: ['fraction', 'ppdet/modeling/losses/yolo_loss.py:160'],
    boxScale: ['area', 'ppdet/data/transform/batch_operators.py:239'],
    objectness: ['bce', 'ppdet/modeling/losses/yolo_loss.py:94-95'],
    objectTarget: ['one', 'ppdet/modeling/losses/yolo_loss.py:96-97'],
    class: ['bce', 'ppdet/modeling/losses/yolo_loss.py:109-110'],
    classCells: ['objects', 'ppdet/modeling/losses/yolo_loss.py, cls_loss · tobj'],
    smoothing: ['none', 'ppdet/modeling/losses/yolo_loss.py:101'],
    singleClass: ['counts', 'ppdet/modeling/losses/yolo_loss.py:109'],
    reduction: ['batch', 'ppdet/modeling/losses/yolo_loss.py:147, 152'],
    backward: ['derivative', 'automatic differentiation'],
  },
})
