"""mmdetection's YOLOV3Head with GridAssigner, as yolov3_d53_8xb8-ms-608-273e_coco.py configures them, in float32.

Exposed: `xy_l`, `wh_l`, `conf_l`, `class_l` (with their weights, sums over the batch, not divided by anything), and `grad_l` of the
sum of all. `class_smooth_l`, `grad_smooth_l`: with one_hot_smoother 0.1, 0 by default.

Adaptation: logits to channels first; boxes without the rows of zeros; neg_iou_thr is the ignore threshold of the batch, pos_iou_thr
stays 0.5. The package mmcv-lite has no compiled operators: they, and what draws and reads images, are stubbed; the head reaches
none of them.
"""
import sys
from importlib.metadata import version
from pathlib import Path

import torch

sys.path.append(str(Path(__file__).parents[1]))
from batches import channels_last, main  # noqa: E402
from stubs import seal, stub  # noqa: E402

stub("mmcv.ops", "cv2", "matplotlib", "pycocotools", "shapely", "terminaltables", "scipy", "PIL", "torchvision")
from mmdet.models.dense_heads.yolo_head import YOLOV3Head  # noqa: E402
from mmengine.config import ConfigDict  # noqa: E402
from mmengine.structures import InstanceData  # noqa: E402


def crossed(weight):
    return dict(type="CrossEntropyLoss", use_sigmoid=True, loss_weight=weight, reduction="sum")


def head(batch, smoother):
    few = [1] * len(batch.masks)
    assigner = dict(type="GridAssigner", pos_iou_thr=0.5, neg_iou_thr=batch.threshold, min_pos_iou=0)
    return YOLOV3Head(
        num_classes=batch.classes,
        in_channels=few,
        out_channels=few,
        anchor_generator=dict(
            type="YOLOAnchorGenerator",
            base_sizes=[[tuple(a) for a in batch.anchors[mask].tolist()] for mask in batch.masks],
            strides=batch.strides(),
        ),
        bbox_coder=dict(type="YOLOBBoxCoder"),
        featmap_strides=batch.strides(),
        one_hot_smoother=smoother,
        loss_cls=crossed(1.0),
        loss_conf=crossed(1.0),
        loss_xy=crossed(2.0),
        loss_wh=dict(type="MSELoss", loss_weight=2.0, reduction="sum"),
        train_cfg=ConfigDict(assigner=assigner),
    )


def instances(batch, image):
    rows = torch.tensor(batch.rows(image), dtype=torch.float32)
    return InstanceData(bboxes=rows[:, :4], labels=rows[:, 4].long())


def computed(batch, smoother):
    given = [torch.tensor(x, requires_grad=True) for x in batch.channels_first()]
    boxes = [instances(batch, b) for b in range(batch.images)]
    meta = dict(img_shape=(batch.height, batch.width))
    losses = head(batch, smoother).loss_by_feat(given, boxes, [meta] * batch.images)
    sum(map(sum, losses.values())).backward()
    values = {key: [x.detach().numpy() for x in losses[f"loss_{key}"]] for key in ["xy", "wh", "conf", "cls"]}
    return values, [channels_last(x.grad.numpy()) for x in given]


def run(batch):
    values, gradients = computed(batch, 0)
    smooth, smooth_gradients = computed(batch, 0.1)
    results = {}
    for l in range(len(batch.masks)):
        results |= {f"{key}_{l}": values[key][l] for key in ["xy", "wh", "conf"]}
        results |= {f"class_{l}": values["cls"][l], f"class_smooth_{l}": smooth["cls"][l]}
        results |= {f"grad_{l}": gradients[l], f"grad_smooth_{l}": smooth_gradients[l]}
    return results


seal()
main("mmdetection, YOLOV3Head", version("mmdet"), run)
