"""What the runners of all programs share: reading the batches that make.ts wrote, and writing what a program returned.

A runner is called as `run.py INPUTS OUTPUTS` and writes `<batch>.npz` into OUTPUTS for each batch that its program takes, and
`program.json`: the program, its version, and why it does not take the others.
"""
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass
class Batch:
    name: str
    anchors: np.ndarray  # [K,2], width and height in pixels
    masks: list  # of each scale, the coarsest first
    classes: int
    threshold: float
    height: int
    width: int
    logits: list  # of each scale [B,h,w,A(5+C)]
    boxes: np.ndarray  # [B,M,5], x1 y1 x2 y2 class in pixels

    @property
    def images(self):
        return len(self.boxes)

    def channels_first(self):
        """[B,A(5+C),h,w] of each scale: the anchor is the slower part of the channel here and there."""
        return [np.ascontiguousarray(x.transpose(0, 3, 1, 2)) for x in self.logits]

    def rows(self, image):
        """The boxes of an image without the zeros that fill up, float64."""
        rows = self.boxes[image].astype(np.float64)
        return rows[rows[:, 2] > rows[:, 0]]

    def fractions(self, image):
        """Rows x y w h class: centre and size as fractions of the input, float64."""
        x1, y1, x2, y2, label = self.rows(image).T
        w, h = self.width, self.height
        return np.stack([(x1 + x2) / 2 / w, (y1 + y2) / 2 / h, (x2 - x1) / w, (y2 - y1) / h, label], 1)

    def strides(self):
        return [self.height // x.shape[1] for x in self.logits]


def channels_last(gradient):
    """[B,A(5+C),h,w] as the logits were given."""
    return np.ascontiguousarray(gradient.transpose(0, 2, 3, 1))


def read(path):
    config = json.loads(path.with_suffix(".json").read_text())
    arrays = np.load(path)
    height, width = config["input"]
    return Batch(
        name=path.stem,
        anchors=np.array(config["anchors"], np.float64),
        masks=config["anchorMask"],
        classes=config["classes"],
        threshold=config["ignoreThreshold"],
        height=height,
        width=width,
        logits=[arrays[f"y_pred_{l}"] for l in range(len(config["anchorMask"]))],
        boxes=arrays["boxes"],
    )


def main(program, version, run, refused=lambda batch: None):
    """Runs all batches. `run` takes a batch and returns arrays by name; `refused` says why one is not taken."""
    inputs, outputs = map(Path, sys.argv[1:3])
    outputs.mkdir(parents=True, exist_ok=True)
    reasons = {}
    for path in sorted(inputs.glob("*.npz")):
        batch = read(path)
        reason = refused(batch)
        if reason:
            reasons[batch.name] = reason
            continue
        np.savez(outputs / path.name, **run(batch))
    text = json.dumps({"program": program, "version": version, "refused": reasons}, indent=2)
    (outputs / "program.json").write_text(text + "\n")
