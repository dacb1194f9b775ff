import { profile } from './profile.js'

/** GIoU for the box, focal objectness. */
export const yunyang = profile({
  of: 'YunYang1994/tensorflow-yolov3 at 03cb272',
  threshold: 0.5,
  notes: [
    'Its mask knows at most 150 boxes of a scale (core/dataset.py:257): more than that are not followed.',
    'Its assignment adds 1e-6 square cells to the union (core/dataset.py:208), which decides ties alone.',
  ],
  rows: {
    assignment: ['centred-coarsely', 'core/dataset.py:234-282; 268-269 name the i of the loop that is over'],
    pixels: ['stride', 'core/dataset.py:229-230, 236'],
    sharedBox: ['last', 'core/dataset.py:252-253'],
    sharedClass: ['last', 'core/dataset.py:252, 255'],
    ignoreBoxes: ['assigned', 'core/dataset.py:257-259'],
    atThreshold: ['ignored', 'core/yolov3.py:215'],
    maskOf: ['predictions', 'core/yolov3.py:212'],
    decode: ['exp', 'core/yolov3.py:122-123'],
    centre: ['none', 'core/yolov3.py:206-210'],
    size: ['none', 'core/yolov3.py:206-210'],
    box: ['giou', 'core/yolov3.py:206-210'],
    boxUnit: ['pixels', 'core/yolov3.py:122-123'],
    boxScale: ['area', 'core/yolov3.py:209'],
    objectness: ['focal', 'core/yolov3.py:131-133, 217-223'],
    objectTarget: ['label', 'core/yolov3.py:217-223'],
    class: ['bce', 'core/yolov3.py:225'],
    classCells: ['objects', 'core/yolov3.py:225'],
    smoothing: ['uniform', 'core/dataset.py:225-227'],
    singleClass: ['counts', 'core/yolov3.py:225'],
    reduction: ['batch', 'core/yolov3.py:227-229'],
    backward: ['derivative', 'automatic differentiation'],
  },
  numbers: {
    assignAbove: [0.3, 'core/dataset.py:241'],
    boxEpsilon: [1e-6, 'core/yolov3.py:156, 163'],
    objectAlpha: [1, 'core/yolov3.py:131'],
    objectGamma: [2, 'core/yolov3.py:131'],
    smooth: [0.01, 'core/dataset.py:226'],
  },
})
