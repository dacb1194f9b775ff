"""YunYang1994/tensorflow-yolov3 at 03cb272, YOLOV3.decode and loss_layer on the labels of Dataset.preprocess_true_boxes, in float32: the
third argument is a folder with that repository, which no package index has.

Exposed: `giou_l`, `conf_l`, `class_l` of each scale: sums of each image, then the mean over the batch; `grad_l` of the sum of all.

Adaptation: the two methods are called on objects that hold what they read, not on a network; anchors are in cells and the finest scale
comes first, as there. numpy.float, which NumPy dropped, is float again. Parts that read images are stubbed.
"""
import contextlib
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

sys.path.append(str(Path(__file__).parents[1]))
sys.path.append(sys.argv[3])
from batches import main  # noqa: E402
from stubs import seal, stub  # noqa: E402

stub("cv2", "PIL")
np.float = float
# It reads names of classes from its own folder while it is imported.
with contextlib.chdir(sys.argv[3]):
    from core.dataset import Dataset
    from core.yolov3 import YOLOV3


class Row(np.ndarray):
    """A box whose class is an integer, though its corners need not be."""

    def __getitem__(self, key):
        value = super().__getitem__(key)
        return int(value) if isinstance(key, int) else np.asarray(value)


def made(kind, **fields):
    empty = kind.__new__(kind)
    empty.__dict__.update(fields)
    return empty


def labels(batch, anchors, strides):
    dataset = made(
        Dataset,
        train_output_sizes=batch.height // strides,
        anchor_per_scale=3,
        num_classes=batch.classes,
        max_bbox_per_scale=150,
        strides=strides,
        anchors=anchors,
    )
    images = [dataset.preprocess_true_boxes([row.view(Row) for row in batch.rows(b)]) for b in range(batch.images)]
    return [tf.constant(np.stack(part).astype(np.float32)) for part in zip(*images)]


def run(batch):
    strides = np.array(batch.strides()[::-1])
    anchors = np.stack([batch.anchors[mask] / stride for mask, stride in zip(batch.masks, batch.strides())][::-1])
    anchors = anchors.astype(np.float32)
    net = made(YOLOV3, num_class=batch.classes, anchor_per_scale=3, iou_loss_thresh=batch.threshold)
    maps = labels(batch, anchors, strides)
    logits = [tf.constant(x) for x in batch.logits]
    results = {}
    with tf.GradientTape() as tape:
        tape.watch(logits)
        total = 0
        for i in range(3):
            l = 2 - i
            predicted = net.decode(logits[l], anchors[i], strides[i])
            parts = net.loss_layer(logits[l], predicted, maps[i], maps[3 + i], anchors[i], strides[i])
            total += sum(parts)
            results |= {f"{name}_{l}": part.numpy() for name, part in zip(["giou", "conf", "class"], parts)}
    for l, gradient in enumerate(tape.gradient(total, logits)):
        results[f"grad_{l}"] = gradient.numpy()
    return results


def refused(batch):
    if len(batch.masks) != 3:
        return "it has three scales"
    if batch.height != batch.width:
        return "it takes square inputs only"


seal()
main("YunYang1994/tensorflow-yolov3, YOLOV3.loss_layer", f"03cb272, TensorFlow {tf.__version__}", run, refused)
