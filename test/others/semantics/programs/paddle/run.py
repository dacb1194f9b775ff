"""Paddle's fused operator, paddle.vision.ops.yolo_loss, forward and backward, in float64.

Exposed: the loss of each image, a call for each scale: `total_l` [B], and `grad_l` of their sum, as the operator's own backward
gives it. The components inside are not exposed. `total_plain_l` and `grad_plain_l`: with use_label_smooth=False; the default is True.

Adaptation: boxes become centre and size as fractions; the rows of zeros that fill up stay, for the operator skips boxes without
a size. Logits are transposed to channels first. Neither changes a number: the fractions are float64.
"""
import sys
from pathlib import Path

import numpy as np
import paddle

sys.path.append(str(Path(__file__).parents[1]))
from batches import channels_last, main  # noqa: E402


def boxes_of(batch):
    boxes = np.zeros((batch.images, batch.boxes.shape[1], 4))
    labels = np.zeros(boxes.shape[:2], np.int32)
    for b in range(batch.images):
        rows = batch.fractions(b)
        boxes[b, : len(rows)] = rows[:, :4]
        labels[b, : len(rows)] = rows[:, 4]
    return paddle.to_tensor(boxes), paddle.to_tensor(labels)


def run(batch):
    boxes, labels = boxes_of(batch)
    results = {}
    for suffix, smooth in [("", True), ("_plain", False)]:
        for l, (logits, stride) in enumerate(zip(batch.channels_first(), batch.strides())):
            x = paddle.to_tensor(logits.astype(np.float64), stop_gradient=False)
            total = paddle.vision.ops.yolo_loss(
                x,
                gt_box=boxes,
                gt_label=labels,
                anchors=batch.anchors.astype(int).ravel().tolist(),
                anchor_mask=batch.masks[l],
                class_num=batch.classes,
                ignore_thresh=batch.threshold,
                downsample_ratio=stride,
                use_label_smooth=smooth,
            )
            total.sum().backward()
            results[f"total{suffix}_{l}"] = total.numpy()
            results[f"grad{suffix}_{l}"] = channels_last(x.grad.numpy())
    return results


def refused(batch):
    if batch.height != batch.width:
        return "the operator takes square inputs only"


main("Paddle, paddle.vision.ops.yolo_loss", paddle.__version__, run, refused)
