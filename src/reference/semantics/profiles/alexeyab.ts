import { profile } from './profile.js'

/** With the values of its yolov3.cfg and the defaults of its parser. */
export const alexeyab = profile({
  of: 'AlexeyAB/darknet at 59596d7',
  threshold: 0.7,
  notes: [
    'Its cfg can ask for more: iou_thresh (`assignment` best-and-above, with `sharedBox` mean), iou_loss (`box`), scale_x_y (`decode` scaled), label_smooth_eps (`smoothing` half), focal_loss, counters_per_class (`classWeights`).',
    'Its deltas are −1 times the gradient of this loss.',
  ],
  rows: {
    assignment: ['best', 'src/yolo_layer.c:519-536; src/parser.c:509: iou_thresh is 1'],
    pixels: ['float32', 'src/yolo_layer.c:507, 521-522'],
    sharedBox: ['each', 'src/yolo_layer.c:209-212; averaged only if iou_thresh < 1, 638-650'],
    sharedClass: ['all', 'src/yolo_layer.c:311-320'],
    ignoreBoxes: ['image', 'src/yolo_layer.c:428-452'],
    atThreshold: ['counts', 'src/yolo_layer.c:455'],
    maskOf: ['likely', 'src/yolo_layer.c:440, 443'],
    decode: ['exp', 'src/yolo_layer.c:146-149'],
    centre: ['bce', 'src/yolo_layer.c:209-210'],
    size: ['half-squared', 'src/yolo_layer.c:211-212'],
    box: ['none', 'src/parser.c:473'],
    boxUnit: ['fraction', 'src/yolo_layer.c:146-149'],
    boxScale: ['area', 'src/yolo_layer.c:543'],
    objectness: ['bce', 'src/yolo_layer.c:454, 572'],
    objectTarget: ['one', 'src/yolo_layer.c:572'],
    class: ['bce', 'src/yolo_layer.c:344-348'],
    classCells: ['objects', 'src/yolo_layer.c:575'],
    smoothing: ['none', 'src/parser.c:465'],
    singleClass: ['counts', 'src/yolo_layer.c:344'],
    reduction: ['sum', 'src/yolo_layer.c:894'],
    backward: ['derivative', 'src/yolo_layer.c, backward_yolo_layer'],
  },
  numbers: {
    xyWeight: [0.75, 'src/parser.c:469: iou_normalizer'],
    whWeight: [0.75, 'src/parser.c:469: iou_normalizer'],
    likelyAbove: [0.25, 'src/yolo_layer.c:440'],
  },
})
