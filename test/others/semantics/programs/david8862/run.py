"""yolo3_loss of david8862/keras-YOLOv3-model-set at 96b59be on the labels of its preprocess_true_boxes, in float64: the third argument
is a folder with that repository, which no package index has.

Exposed: `loss` [1], `location`, `confidence`, `class` over all scales, divided by the batch, and `grad_l` of `loss`. Without a suffix as
its training calls it (CIoU); `_coordinates`, `_iou`, `_giou`, `_diou`: iou_loss_type; `_smooth`: label_smoothing 0.1; `_focal`,
`_focal_objectness`, `_softmax`, `_softmax_focal`: its switches; `_scaled`: elim_grid_sense; `_above`: multi_anchor_assign.

Adaptation: the backend of Keras 2 (tf_keras) works in float64, so that its constants do; labels are float32, as its own function makes
them. Parts of the repository that read images or build networks are stubbed.
"""
import os
import sys
from pathlib import Path

os.environ["TF_USE_LEGACY_KERAS"] = "1"
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

sys.path.append(str(Path(__file__).parents[1]))
sys.path.append(sys.argv[3])
from batches import main  # noqa: E402
from stubs import seal, stub  # noqa: E402

stub("cv2", "imgaug", "matplotlib", "PIL", "common.backbones", "yolo4")
from tensorflow.keras import backend as K  # noqa: E402
from yolo3.data import preprocess_true_boxes  # noqa: E402
from yolo3.loss import yolo3_loss  # noqa: E402

K.set_floatx("float64")

variants = {
    "": {},
    "_coordinates": dict(iou_loss_type=None),
    "_iou": dict(iou_loss_type="iou"),
    "_giou": dict(iou_loss_type="giou"),
    "_diou": dict(iou_loss_type="diou"),
    "_smooth": dict(label_smoothing=0.1),
    "_focal": dict(use_focal_loss=True),
    "_focal_objectness": dict(use_focal_obj_loss=True),
    "_softmax": dict(use_softmax_loss=True),
    "_softmax_focal": dict(use_softmax_loss=True, use_focal_loss=True),
    "_scaled": dict(elim_grid_sense=True),
    "_above": dict(),
}


def run(batch):
    results = {}
    for suffix, options in variants.items():
        labels = preprocess_true_boxes(
            batch.boxes, (batch.height, batch.width), batch.anchors, batch.classes, suffix == "_above"
        )
        logits = [tf.constant(x.astype(np.float64)) for x in batch.logits]
        with tf.GradientTape() as tape:
            tape.watch(logits)
            given = [*logits, *(tf.constant(y.astype(np.float64)) for y in labels)]
            values = yolo3_loss(given, batch.anchors, batch.classes, batch.threshold, **options)
        for name, value in zip(["loss", "location", "confidence", "class"], values):
            results[name + suffix] = np.asarray(value)
        for l, gradient in enumerate(tape.gradient(values[0], logits)):
            results[f"grad{suffix}_{l}"] = gradient.numpy()
    return results


def refused(batch):
    if batch.masks not in ([[6, 7, 8], [3, 4, 5], [0, 1, 2]], [[3, 4, 5], [0, 1, 2]]):
        return "its anchor masks are fixed"


seal()
main("david8862/keras-YOLOv3-model-set, yolo3_loss", f"96b59be, TensorFlow {tf.__version__}", run, refused)
