"""PaddleDetection's YOLOv3Loss on the targets of its Gt2YoloTarget, as its YOLO v3 configurations use them, in float32.

Exposed: `xy_l`, `wh_l`, `obj_l`, `class_l`, a call for each scale: sums of each image, then the mean over the batch; `loss` of one call
for all scales, and `grad_l` of it. `class_smooth_l`, `loss_smooth`, `grad_smooth_l`: with label_smooth; `..._above_...`: with iou_thresh
0.26 of Gt2YoloTarget, which makes anchors beside the best positive too.

Adaptation: boxes become centre and size as fractions, in float64 for the targets: its loader would round them to float32, which moves
centres that lie on the border of a cell. Logits go to channels first. What draws, reads images or files is stubbed.
"""
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import paddle

sys.path.append(str(Path(__file__).parents[1]))
from batches import channels_last, main  # noqa: E402
from stubs import seal, stub  # noqa: E402

stub("cv2", "imgaug", "lap", "matplotlib", "motmetrics", "mpl_toolkits", "numba", "openpyxl", "pandas", "PIL", "pyclipper")
stub("pycocotools", "requests", "scipy", "shapely", "sklearn", "terminaltables", "tqdm", "typeguard", "visualdl", "xtcocotools", "yaml")
from ppdet.data.transform.batch_operators import Gt2YoloTarget  # noqa: E402
from ppdet.modeling.losses.yolo_loss import YOLOv3Loss  # noqa: E402

variants = {
    "": dict(label_smooth=False, iou_thresh=1.0),
    "_smooth": dict(label_smooth=True, iou_thresh=1.0),
    "_above": dict(label_smooth=False, iou_thresh=0.26),
}


def targets(batch, iou_thresh):
    samples = []
    for b in range(batch.images):
        rows = batch.fractions(b)
        image = np.zeros((3, batch.height, batch.width), np.float32)
        samples.append(dict(image=image, gt_bbox=rows[:, :4], gt_class=rows[:, 4].astype(int)))
    anchors = batch.anchors.astype(int).tolist()
    samples = Gt2YoloTarget(anchors, batch.masks, batch.strides(), batch.classes, iou_thresh)(samples)
    boxes = np.zeros((batch.images, batch.boxes.shape[1], 4), np.float32)
    for b, sample in enumerate(samples):
        boxes[b, : len(sample["gt_bbox"])] = sample["gt_bbox"]
    maps = [np.stack([sample[f"target{l}"] for sample in samples]) for l in range(len(batch.masks))]
    return paddle.to_tensor(boxes), [paddle.to_tensor(x) for x in maps]


def losses(batch, scales, given, boxes, maps, smooth):
    loss = YOLOv3Loss(batch.classes, batch.threshold, smooth, [batch.strides()[l] for l in scales])
    named = {f"target{i}": maps[l] for i, l in enumerate(scales)}
    anchors = [batch.anchors[batch.masks[l]].astype(int).tolist() for l in scales]
    return loss([given[l] for l in scales], {**named, "gt_bbox": boxes}, anchors)


def run(batch):
    results = {}
    scales = range(len(batch.masks))
    for suffix, options in variants.items():
        boxes, maps = targets(batch, options["iou_thresh"])
        given = [paddle.to_tensor(x, stop_gradient=False) for x in batch.channels_first()]
        total = losses(batch, scales, given, boxes, maps, options["label_smooth"])["loss"]
        total.backward()
        results[f"loss{suffix}"] = total.numpy()
        for l in scales:
            results[f"grad{suffix}_{l}"] = channels_last(given[l].grad.numpy())
            parts = losses(batch, [l], given, boxes, maps, options["label_smooth"])
            for name, key in [("xy", "xy"), ("wh", "wh"), ("obj", "obj"), ("class", "cls")]:
                results[f"{name}{suffix}_{l}"] = parts[f"loss_{key}"].numpy()
    return results


seal()
main("PaddleDetection, YOLOv3Loss", f"{version('paddledet')}, paddlepaddle {paddle.__version__}", run)
