"""Darknet's own YOLO layer, forward_yolo_layer of Debian's package, in float32, by test/others/darknet/backward.c: the third
argument is that program, the fourth the version of the package.

Exposed: `grad_l`, its delta with the sign turned, which is the gradient of the loss that it minimises, summed over the batch; and
`cost_l`, what it prints, the sum of the squared delta.

Adaptation: logits to [B,A,5+C,h,w]; boxes become centre and size as fractions, rounded to float32 once; an image's boxes end at
the first of x = 0, as the rows of zeros that fill up are. truth_thresh is 1, as in all its configuration files.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[1]))
from batches import channels_last, main  # noqa: E402

backward, version = sys.argv[3:5]
most = 90


def truth(batch):
    boxes = np.zeros((batch.images, most, 5), np.float32)
    for b in range(batch.images):
        rows = batch.fractions(b)
        boxes[b, : len(rows)] = rows
    return boxes


def layer(batch, l, logits, folder):
    mask = batch.masks[l]
    images, _, rows, columns = logits.shape
    sizes = [images, columns, rows, len(mask), len(batch.anchors), batch.classes, batch.width, batch.height, most, *mask]
    given = [np.array(sizes, np.int32), np.array([batch.threshold, *batch.anchors.ravel()], np.float32), truth(batch), logits]
    files = [folder / name for name in ["given", "delta", "cost"]]
    files[0].write_bytes(b"".join(part.tobytes() for part in given))
    subprocess.run([backward, *files], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    delta, cost = (np.fromfile(file, np.float32) for file in files[1:])
    return channels_last(-delta.reshape(logits.shape)), cost[0]


def run(batch):
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for l, logits in enumerate(batch.channels_first()):
            results[f"grad_{l}"], results[f"cost_{l}"] = layer(batch, l, logits, Path(folder))
    return results


main("Darknet, forward_yolo_layer", version, run)
