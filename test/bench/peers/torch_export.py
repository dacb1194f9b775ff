"""What sixty lines of PyTorch and an export give: the loss with every cell against every cell, so that no shape depends on the
data, timed in onnxruntime beside a graph of this library.

    python torch_export.py demo/batch.npz graphs/yolov3-coco.onnx     needs torch, onnx, onnxscript, onnxruntime
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy
import onnxruntime
import torch
from torch_loss import Scale, cross_entropy, iou

ANCHORS = [(10, 13), (16, 30), (33, 23), (30, 61), (62, 45), (59, 119), (116, 90), (156, 198), (373, 326)]
MASKS = [[6, 7, 8], [3, 4, 5], [0, 1, 2]]
NAMES = [f"y_{kind}_{scale}" for kind in ("pred", "true") for scale in range(3)]


def keep(xy, wh, labels, threshold):
    """Whether a cell of an image counts as background: its box against those of all cells, h·w·A by h·w·A."""
    flat = [x.reshape(-1, 2) for x in (xy, wh, labels[..., 0:2], labels[..., 2:4])]
    every = iou(flat[0][:, None], flat[1][:, None], flat[2][None], flat[3][None])
    best = (every * (labels[..., 4].reshape(1, -1) != 0)).amax(-1)
    return (best < threshold).float().reshape(labels.shape[:-1])


def terms(logits, labels, scale):
    t, o = logits.view(labels.shape), labels[..., 4:5]
    xy = (t[..., 0:2].sigmoid() + scale.cells) / scale.grid
    wh = t[..., 2:4].exp() * scale.anchors / scale.size
    kept = torch.stack([keep(*image, scale.threshold) for image in zip(xy, wh, labels)])
    z_xy = labels[..., 0:2] * scale.grid - scale.cells
    z_wh = torch.where(o != 0, (labels[..., 2:4] / scale.anchors * scale.size).log(), 0.0)
    weight = o * (2 - labels[..., 2:3] * labels[..., 3:4])
    entropy = cross_entropy(o, t[..., 4:5])
    return (
        (weight * cross_entropy(z_xy, t[..., 0:2])).sum()
        + (weight * 0.5 * (z_wh - t[..., 2:4]).square()).sum()
        + (o * entropy + (1 - o) * entropy * kept[..., None]).sum()
        + (o * cross_entropy(labels[..., 5:], t[..., 5:])).sum()
    )


class Loss(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.scales = [Scale(g, g, [ANCHORS[a] for a in m], (416, 416), 0.5) for g, m in zip((13, 26, 52), MASKS)]

    def forward(self, a, b, c, x, y, z):
        return sum(terms(*scale) for scale in zip((a, b, c), (x, y, z), self.scales)) / a.shape[0]


def timed(file, data):
    session = onnxruntime.InferenceSession(file)
    feeds = {value.name: data[value.name] for value in session.get_inputs()}
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        (loss,) = session.run(["loss"], feeds)
        times.append((time.perf_counter() - begun) * 1e3)
    shapes = ", ".join(str(value.shape) for value in session.get_inputs()[:1])
    print(f"{Path(file).name}: {shapes}, loss {loss}, {min(times):.1f} ms at best of 5")


data = numpy.load(sys.argv[1])
with tempfile.TemporaryDirectory() as folder, torch.no_grad():
    dense = str(Path(folder) / "dense.onnx")
    inputs = tuple(torch.from_numpy(data[name]) for name in NAMES)
    torch.onnx.export(Loss().eval(), inputs, dense, input_names=NAMES, output_names=["loss"], external_data=False)
    for file in [*sys.argv[2:], dense]:
        timed(file, data)
