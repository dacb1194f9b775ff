"""The YOLO layer of AlexeyAB/darknet at 59596d7, forward_yolo_layer, in float32, by backward.c beside this: the third argument is
that program, linked with the library that the repository's Makefile makes (GPU=0 OPENCV=0), which no package index has.

Exposed: `grad_l`, its delta with the sign turned, summed over the batch, and `cost_l`, what it prints. Without a suffix as parse_yolo
sets the layer up where a configuration file says nothing (mse, iou_normalizer 0.75, iou_thresh 1); `_above`: iou_thresh 0.213;
`_smooth`: label_smooth_eps 0.1. With focal_loss, scale_x_y or another iou_loss its delta is the gradient of nothing.

Adaptation: as for Darknet's own; boxes have a sixth number there, the track, which is 0.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[1]))
from batches import channels_last, main  # noqa: E402

backward = sys.argv[3]
most = 200
# iou_thresh, label_smooth_eps
variants = {"": (1, 0), "_above": (0.213, 0), "_smooth": (1, 0.1)}


def truth(batch):
    boxes = np.zeros((batch.images, most, 6), np.float32)
    for b in range(batch.images):
        rows = batch.fractions(b)
        boxes[b, : len(rows), :5] = rows
    return boxes


def layer(batch, l, logits, options, folder):
    mask = batch.masks[l]
    images, _, rows, columns = logits.shape
    sizes = [images, columns, rows, len(mask), len(batch.anchors), batch.classes, batch.width, batch.height, most, *mask]
    numbers = np.array([*options, batch.threshold, *batch.anchors.ravel()], np.float32)
    files = [folder / name for name in ["given", "delta", "cost"]]
    files[0].write_bytes(b"".join(part.tobytes() for part in [np.array(sizes, np.int32), numbers, truth(batch), logits]))
    subprocess.run([backward, *files], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    delta, cost = (np.fromfile(file, np.float32) for file in files[1:])
    return channels_last(-delta.reshape(logits.shape)), cost[0]


def run(batch):
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for suffix, options in variants.items():
            for l, logits in enumerate(batch.channels_first()):
                values = layer(batch, l, logits, options, Path(folder))
                results[f"grad{suffix}_{l}"], results[f"cost{suffix}_{l}"] = values
    return results


main("AlexeyAB/darknet, forward_yolo_layer", "59596d7", run)
