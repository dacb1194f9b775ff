import { profile } from './profile.js'

/** With the values of its yolov3_d53 configurations. */
export const mmdetection = profile({
  of: 'open-mmlab/mmdetection 3.3.0',
  threshold: 0.5,
  rows: {
    assignment: ['prior', 'mmdet/models/task_modules/assigners/grid_assigner.py, steps 3 and 4'],
    pixels: ['stride', 'mmdet/models/task_modules/prior_generators/anchor_generator.py, responsible_flags'],
    sharedBox: ['last', 'mmdet/models/task_modules/assigners/grid_assigner.py, step 4'],
    sharedClass: ['last', 'mmdet/models/dense_heads/yolo_head.py, _get_targets_single'],
    ignoreBoxes: ['image', 'mmdet/models/task_modules/assigners/grid_assigner.py, step 2'],
    atThreshold: ['counts', 'mmdet/models/task_modules/assigners/grid_assigner.py: max_overlaps <= neg_iou_thr'],
    maskOf: ['priors', 'mmdet/models/task_modules/assigners/grid_assigner.py: overlaps of gt_bboxes and priors'],
    decode: ['exp', 'mmdet/models/task_modules/coders/yolo_bbox_coder.py, decode'],
    centre: ['bce', 'configs/yolo/yolov3_d53_8xb8-ms-608-273e_coco.py: loss_xy'],
    size: ['squared', 'configs/yolo/yolov3_d53_8xb8-ms-608-273e_coco.py: loss_wh'],
    box: ['none', 'mmdet/models/dense_heads/yolo_head.py, loss_by_feat_single'],
    boxUnit: ['pixels', 'mmdet/models/task_modules/coders/yolo_bbox_coder.py'],
    boxScale: ['one', 'mmdet/models/dense_heads/yolo_head.py, loss_by_feat_single'],
    objectness: ['bce', 'configs/yolo/yolov3_d53_8xb8-ms-608-273e_coco.py: loss_conf'],
    objectTarget: ['one', 'mmdet/models/dense_heads/yolo_head.py, _get_targets_single'],
    class: ['bce', 'configs/yolo/yolov3_d53_8xb8-ms-608-273e_coco.py: loss_cls'],
    classCells: ['objects', 'mmdet/models/dense_heads/yolo_head.py, loss_by_feat_single: pos_mask'],
    smoothing: ['none', 'mmdet/models/dense_heads/yolo_head.py: one_hot_smoother is 0'],
    singleClass: ['counts', 'mmdet/models/dense_heads/yolo_head.py, loss_by_feat_single'],
    reduction: ['sum', 'configs/yolo/yolov3_d53_8xb8-ms-608-273e_coco.py: reduction'],
    backward: ['derivative', 'automatic differentiation'],
  },
  numbers: {
    assignAbove: [0.5, 'configs/yolo/yolov3_d53_8xb8-ms-608-273e_coco.py: pos_iou_thr'],
    targetMargin: [1e-6, 'mmdet/models/task_modules/coders/yolo_bbox_coder.py: eps'],
    xyWeight: [2, 'configs/yolo/yolov3_d53_8xb8-ms-608-273e_coco.py: loss_xy'],
    whWeight: [2, 'configs/yolo/yolov3_d53_8xb8-ms-608-273e_coco.py: loss_wh'],
  },
})
