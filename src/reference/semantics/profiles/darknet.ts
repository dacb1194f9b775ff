import { profile } from './profile.js'

/** By what it adds to the gradient: its deltas are the negative gradient of this loss. */
export const darknet = profile({
  of: 'pjreddie/darknet at f6afaab',
  threshold: 0.7,
  notes: [
    'It computes no loss but the sum of the squares of its deltas, which it prints: the extra output cost_l.',
    'Its deltas are −1 times the gradient of this loss.',
  ],
  rows: {
    assignment: ['best', 'src/yolo_layer.c:205-217'],
    pixels: ['float32', 'src/yolo_layer.c:196, 201-202'],
    sharedBox: ['last', 'src/yolo_layer.c:103-106'],
    sharedClass: ['all', 'src/yolo_layer.c:114-118'],
    ignoreBoxes: ['image', 'src/yolo_layer.c:167-175'],
    atThreshold: ['counts', 'src/yolo_layer.c:179'],
    maskOf: ['predictions', 'src/yolo_layer.c:164'],
    decode: ['exp', 'src/yolo_layer.c:86-89'],
    centre: ['bce', 'src/yolo_layer.c:103-104'],
    size: ['half-squared', 'src/yolo_layer.c:105-106'],
    box: ['none', 'src/yolo_layer.c:103-106'],
    boxUnit: ['fraction', 'src/yolo_layer.c:86-89'],
    boxScale: ['area', 'src/yolo_layer.c:219'],
    objectness: ['bce', 'src/yolo_layer.c:178, 223'],
    objectTarget: ['one', 'src/yolo_layer.c:223'],
    class: ['bce', 'src/yolo_layer.c:119-120'],
    classCells: ['objects', 'src/yolo_layer.c:228'],
    smoothing: ['none', 'src/yolo_layer.c:120'],
    singleClass: ['counts', 'src/yolo_layer.c:119'],
    reduction: ['sum', 'src/yolo_layer.c:244'],
    backward: ['derivative', 'src/yolo_layer.c:244'],
  },
})
