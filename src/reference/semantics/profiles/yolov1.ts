import { profile } from './profile.js'

/** The formula of the first paper, with which the article on keras-yolo3 closes. */
export const yolov1 = profile({
  of: 'Redmon et al., arXiv 1506.02640, equation 3; pjreddie/darknet at f6afaab, src/detection_layer.c',
  notes: [
    'It had one set of classes for a cell; here the responsible predictor has them.',
    'It had one grid and one box for a cell; here the predictors of the cell at every scale compete.',
  ],
  rows: {
    assignment: ['responsible', 'section 2.2; detection_layer.c:109-134'],
    pixels: ['exact', 'section 2'],
    sharedBox: ['last', 'detection_layer.c:81: one box for a cell'],
    sharedClass: ['last', 'detection_layer.c:81: one box for a cell'],
    ignoreBoxes: ['image', 'detection_layer.c:82-87: there is no mask'],
    atThreshold: ['counts', 'detection_layer.c:82-87: there is no mask'],
    maskOf: ['none', 'detection_layer.c:82-87'],
    decode: ['linear', 'detection_layer.c:111-118; cfg/yolov1.cfg: activation=linear'],
    centre: ['squared', 'equation 3; detection_layer.c:170-171'],
    size: ['roots', 'equation 3; detection_layer.c:174-177'],
    box: ['none', 'equation 3'],
    boxUnit: ['fraction', 'section 2'],
    boxScale: ['one', 'equation 3'],
    objectness: ['squared', 'equation 3; detection_layer.c:84, 162'],
    objectTarget: ['iou', 'section 2; detection_layer.c:166-168, cfg/yolov1.cfg: rescore=1'],
    class: ['squared', 'equation 3; detection_layer.c:98-100'],
    classCells: ['objects', 'equation 3; detection_layer.c:93'],
    smoothing: ['none', 'equation 3'],
    singleClass: ['counts', 'equation 3'],
    reduction: ['sum', 'equation 3; detection_layer.c:222'],
    backward: ['derivative', 'equation 3'],
  },
  numbers: {
    xyWeight: [5, 'section 2.2: λ_coord'],
    whWeight: [5, 'section 2.2: λ_coord'],
    backgroundWeight: [0.5, 'section 2.2: λ_noobj'],
  },
})
