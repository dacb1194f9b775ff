"""gluon-cv's YOLOV3 in training: YOLOV3PrefetchTargetGenerator, YOLOV3TargetMerger and YOLOV3Loss, in float32.

Exposed: `obj`, `center`, `scale`, `class`, each [B], summed over all scales; `grad_l` of their sum over all images, as its training
script differentiates it before the step divides by the batch. `…_smooth`, `grad_smooth_l`: with the training script's
--label-smooth, off by default.

Adaptation: the network is gluon-cv's own, from its output layers on, with what feeds them replaced by blocks that hand on the
logits; its 1x1 convolutions are the identity. Boxes are filled up with rows of -1, as its loader does. Neither is arithmetic. What
draws and reads images is stubbed.
"""
import sys
from importlib.metadata import version
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))
from batches import channels_last, main  # noqa: E402
from stubs import seal, stub  # noqa: E402

stub("cv2", "matplotlib", "pandas", "yacs", "autocfg", "portalocker", "PIL", "tqdm", "yaml")
import mxnet as mx  # noqa: E402
import numpy as np  # noqa: E402
from gluoncv.model_zoo.yolo.yolo3 import YOLOV3  # noqa: E402
from gluoncv.model_zoo.yolo.yolo_target import YOLOV3PrefetchTargetGenerator  # noqa: E402
from mxnet import autograd, gluon, nd  # noqa: E402


class Given(gluon.HybridBlock):
    """Returns what it was made with, whatever comes in."""

    def __init__(self, made):
        super().__init__()
        self.made = made

    def hybrid_forward(self, F, x):
        return self.made(x)


class Whole(gluon.HybridBlock):
    """Returns what comes in."""

    def hybrid_forward(self, F, x):
        return x


def network(batch, logits):
    # gluon-cv names scales from the finest on, features too, and turns both around.
    anchors = [batch.anchors[mask].ravel().tolist() for mask in batch.masks][::-1]
    maps = [nd.zeros((1, 1, *x.shape[2:])) for x in logits][::-1]
    net = YOLOV3(
        [Given(lambda _, x=x: x) for x in maps],
        [2] * len(maps),
        anchors,
        batch.strides()[::-1],
        [str(c) for c in range(batch.classes)],
        ignore_iou_thresh=batch.threshold,
    )
    with net.name_scope():
        net.yolo_blocks = gluon.nn.HybridSequential()
        net.transitions = gluon.nn.HybridSequential()
    for x in logits:
        net.yolo_blocks.add(Given(lambda route, x=x: (route, x)))
        net.transitions.add(Whole())
    net.initialize()
    for output, x in zip(net.yolo_outputs, logits):
        channels = x.shape[1]
        output.prediction.weight.shape = (channels, channels, 1, 1)
        output.prediction.weight.set_data(nd.eye(channels).reshape((channels, channels, 1, 1)))
    return net


def filled(batch):
    boxes = np.full(batch.boxes.shape, -1, np.float32)
    for b in range(batch.images):
        rows = batch.rows(b)
        boxes[b, : len(rows)] = rows
    return nd.array(boxes[..., :4]), nd.array(boxes[..., 4:])


def targets(net, batch, boxes, labels):
    image = nd.zeros((1, 3, batch.height, batch.width))
    with autograd.train_mode():
        _, anchors, offsets, maps, *_ = net(image)
    return YOLOV3PrefetchTargetGenerator(batch.classes)(image, maps, anchors, offsets, boxes, labels)


def run(batch):
    logits = [nd.array(x) for x in batch.channels_first()]
    for x in logits:
        x.attach_grad()
    boxes, labels = filled(batch)
    net = network(batch, logits)
    fixed = targets(net, batch, boxes, labels)
    results = {}
    for suffix, smooth in [("", False), ("_smooth", True)]:
        net._target_generator._label_smooth = smooth
        with autograd.record():
            losses = net(nd.zeros((1, 3, batch.height, batch.width)), boxes, *fixed)
            total = sum(losses)
        total.backward()
        for name, value in zip(["obj", "center", "scale", "class"], losses):
            results[f"{name}{suffix}"] = value.asnumpy()
        for l, x in enumerate(logits):
            results[f"grad{suffix}_{l}"] = channels_last(x.grad.asnumpy())
    return results


seal()
main("gluon-cv, YOLOV3Loss", f"{version('gluoncv')}, mxnet {mx.__version__}", run)
