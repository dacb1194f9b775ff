import { profile } from './profile.js'

/** Targets and loss together, without label smoothing. */
export const gluonCv = profile({
  of: 'dmlc/gluon-cv at 5677756',
  threshold: 0.7,
  notes: ['A box with a negative coordinate ends the list of boxes (yolo_target.py:95, 104): this is not followed.'],
  rows: {
    assignment: ['best-of-masks', 'gluoncv/model_zoo/yolo/yolo_target.py:62, 92-94, 107'],
    pixels: ['exact', 'gluoncv/model_zoo/yolo/yolo_target.py:88'],
    sharedBox: ['last', 'gluoncv/model_zoo/yolo/yolo_target.py:117-120'],
    sharedClass: ['last', 'gluoncv/model_zoo/yolo/yolo_target.py:124-125'],
    ignoreBoxes: ['image', 'gluoncv/model_zoo/yolo/yolo_target.py:197'],
    atThreshold: ['counts', 'gluoncv/model_zoo/yolo/yolo_target.py:199'],
    maskOf: ['predictions', 'gluoncv/model_zoo/yolo/yolo3.py:171-176'],
    decode: ['exp', 'gluoncv/model_zoo/yolo/yolo3.py:171-172'],
    centre: ['bce', 'gluoncv/loss.py:259'],
    size: ['l1', 'gluoncv/loss.py:260'],
    box: ['none', 'gluoncv/loss.py:259-260'],
    boxUnit: ['pixels', 'gluoncv/model_zoo/yolo/yolo3.py:171-172'],
    boxScale: ['area', 'gluoncv/model_zoo/yolo/yolo_target.py:121'],
    objectness: ['bce', 'gluoncv/loss.py:257-258'],
    objectTarget: ['one', 'gluoncv/loss.py:255-256'],
    class: ['bce', 'gluoncv/loss.py:264'],
    classCells: ['objects', 'gluoncv/model_zoo/yolo/yolo_target.py:274'],
    smoothing: ['none', 'gluoncv/model_zoo/yolo/yolo_target.py:219'],
    singleClass: ['counts', 'gluoncv/loss.py:264'],
    reduction: ['image', 'gluoncv/loss.py:252-258'],
    backward: ['derivative', 'automatic differentiation'],
  },
  numbers: { smallestSize: [1, 'gluoncv/model_zoo/yolo/yolo_target.py:119-120'] },
})
