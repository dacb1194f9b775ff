"""ComputeLoss of the package yolov5, in float64: line for line that of ultralytics/yolov3 at 97b87b1, but for names and layout.

Exposed: `loss` [1], `items` [3] (box, objectness, class: with their gains, not multiplied by the batch), and `grad_l` of `loss`.
The same of variants: `…_smooth` with label_smoothing 0.1, `…_focal` with fl_gamma 1.5, `…_weighted` with obj_pw 1.3, cls_pw 0.7.

Adaptation: the logits become [B,A,h,w,5+C], the finest scale first, boxes rows (image, class, x, y, w, h) in fractions; the gains
are those of hyp.scratch-low.yaml as they stand there, which train.py scales by classes, size and scales. One thread: where two
boxes write the objectness of one cell, the later row stays. What draws, reads images or downloads is stubbed.
"""
import sys
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
import yaml

sys.path.append(str(Path(__file__).parents[1]))
from batches import main  # noqa: E402
from stubs import seal, stub  # noqa: E402

stub("cv2", "pandas", "torchvision", "matplotlib", "ultralytics", "yolov5.helpers")
import yolov5  # noqa: E402
from yolov5.utils.loss import ComputeLoss  # noqa: E402

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

hyp = yaml.safe_load((Path(yolov5.__path__[0]) / "data/hyps/hyp.scratch-low.yaml").read_text())
variants = {
    "": {},
    "_smooth": {"label_smoothing": 0.1},
    "_focal": {"fl_gamma": 1.5},
    "_weighted": {"obj_pw": 1.3, "cls_pw": 0.7},
}


def compute(batch, changed):
    anchors = [batch.anchors[mask] / stride for mask, stride in zip(batch.masks, batch.strides())][::-1]
    head = SimpleNamespace(
        nl=len(anchors),
        na=len(anchors[0]),
        nc=batch.classes,
        stride=torch.tensor(batch.strides()[::-1]),
        anchors=torch.tensor(np.array(anchors)),
    )
    model = SimpleNamespace(model=[head], hyp={**hyp, **changed}, parameters=lambda: iter([torch.zeros(1)]))
    return ComputeLoss(model)


def targets(batch):
    rows = [np.insert(batch.fractions(b)[:, [4, 0, 1, 2, 3]], 0, b, axis=1) for b in range(batch.images)]
    return torch.tensor(np.concatenate(rows))


def run(batch):
    results = {}
    for suffix, changed in variants.items():
        given = [torch.tensor(x.astype(np.float64), requires_grad=True) for x in batch.logits]
        shaped = [
            x.reshape(*x.shape[:3], len(mask), -1).permute(0, 3, 1, 2, 4) for x, mask in zip(given, batch.masks)
        ]
        loss, items = compute(batch, changed)(shaped[::-1], targets(batch))
        loss.backward()
        results[f"loss{suffix}"] = loss.detach().numpy()
        results[f"items{suffix}"] = items.numpy()
        for l, x in enumerate(given):
            results[f"grad{suffix}_{l}"] = x.grad.numpy()
    return results


seal()
main("yolov5, ComputeLoss", version("yolov5"), run)
