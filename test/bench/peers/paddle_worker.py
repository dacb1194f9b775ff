"""A process that runs PaddlePaddle's fused operator `yolo_loss` on request: FOLDER forward|both.

It takes boxes where the others take dense labels, and is another loss: a cell is ignored for any box of its image, of
whatever scale, and width and height have an absolute error. So it is timed, and its value is held to nothing."""

import os
import sys

from case import Case
from serve import serve, threads

os.environ["OMP_NUM_THREADS"] = str(threads)

import numpy as np
import paddle

folder, passes = sys.argv[1:3]
paddle.device.set_device("cpu")
case = Case(folder)


def head(name, shape):
    """The logits with channels first, as the operator wants them: no part of what is timed."""
    nhwc = np.frombuffer(case.floats(name), np.float32).reshape(shape)
    return paddle.to_tensor(np.ascontiguousarray(nhwc.transpose(0, 3, 1, 2)), stop_gradient=passes == "forward")


def centred():
    """Boxes as centre and size, fractions of the input, and their classes; rows of zeros are padding there too."""
    pixels = np.frombuffer(case.floats("boxes"), np.float32).reshape(case.boxes["shape"])
    low, high = pixels[..., 0:2] / np.float32(case.size), pixels[..., 2:4] / np.float32(case.size)
    return paddle.to_tensor(np.concatenate([(low + high) / 2, high - low], -1)), paddle.to_tensor(
        pixels[..., 4].astype(np.int32)
    )


heads = [head(*one) for one in case.heads()]
gt_box, gt_label = centred()
anchors = [int(side) for anchor in case.boxes["anchors"] for side in anchor]


def loss():
    scales = (
        paddle.vision.ops.yolo_loss(
            x,
            gt_box,
            gt_label,
            anchors=anchors,
            anchor_mask=mask,
            class_num=case.classes,
            ignore_thresh=case.threshold,
            downsample_ratio=32 >> level,
            use_label_smooth=False,
        ).sum()
        for level, (x, mask) in enumerate(zip(heads, case.boxes["anchorMask"]))
    )
    return sum(scales) / case.batch


def run():
    if passes == "forward":
        with paddle.no_grad():
            return loss().item()
    for x in heads:
        x.clear_gradient(set_to_zero=False)
    value = loss()
    value.backward()
    return value.item()


serve(run, lambda value: [value])
