import { profile } from './profile.js'

/** ComputeLoss, with the gains of hyp.scratch-low.yaml as they stand there. */
export const ultralyticsV3 = profile({
  of: 'ultralytics/yolov3 at 97b87b1; yolov5 7.0.14 has the same ComputeLoss',
  notes: [
    'Its training scales the gains by scales, classes and image size before: give `boxWeight`, `confWeight`, `classWeight` as they are then.',
    'Of two boxes in a cell the objectness is the IoU of the one written last, which PyTorch leaves open on a GPU.',
  ],
  rows: {
    assignment: ['ratio', 'utils/loss.py:214-226'],
    pixels: ['exact', 'utils/loss.py:212'],
    sharedBox: ['each', 'utils/loss.py:144-152'],
    sharedClass: ['each', 'utils/loss.py:164-167'],
    ignoreBoxes: ['image', 'utils/loss.py:169: there is no mask'],
    atThreshold: ['counts', 'utils/loss.py:169: there is no mask'],
    maskOf: ['none', 'utils/loss.py:169'],
    decode: ['squared', 'utils/loss.py:148-149'],
    centre: ['none', 'utils/loss.py:148-152'],
    size: ['none', 'utils/loss.py:148-152'],
    box: ['ciou', 'utils/loss.py:151-152'],
    boxUnit: ['cells', 'utils/loss.py:148-151, 240'],
    boxScale: ['one', 'utils/loss.py:152'],
    objectness: ['bce', 'utils/loss.py:169'],
    objectTarget: ['ciou', 'utils/loss.py:155-161'],
    class: ['bce', 'utils/loss.py:167'],
    classCells: ['objects', 'utils/loss.py:165-167'],
    smoothing: ['half', 'utils/loss.py:114; the amount is 0 unless said otherwise'],
    singleClass: ['none', 'utils/loss.py:164'],
    reduction: ['mean-times-batch', 'utils/loss.py:152, 167, 169, 181'],
    backward: ['derivative', 'automatic differentiation'],
  },
  numbers: {
    boxEpsilon: [1e-7, 'ultralytics.utils.metrics.bbox_iou'],
    assignRatio: [4, 'data/hyps/hyp.scratch-low.yaml: anchor_t'],
    boxWeight: [0.05, 'data/hyps/hyp.scratch-low.yaml: box'],
    classWeight: [0.5, 'data/hyps/hyp.scratch-low.yaml: cls'],
    balance: [[4, 1, 0.4], 'utils/loss.py:122'],
  },
})
