"""The inputs of a case as store.ts writes them."""

import json
from pathlib import Path


class Case:
    def __init__(self, folder):
        self.folder = Path(folder)
        head, *lines = [
            [float(word) for word in line.split()] for line in (self.folder / "case.txt").read_text().splitlines()
        ]
        self.batch, self.per_cell, self.classes, self.threshold = int(head[1]), int(head[2]), int(head[3]), head[4]
        self.depth = 5 + self.classes
        self.grids = [(int(h), int(w)) for h, w, *_ in lines]
        self.anchors = [[a[i : i + 2] for i in range(0, len(a), 2)] for _, _, *a in lines]  # of each scale
        self.size = [32 * lines[0][1], 32 * lines[0][0]]  # width, height
        self.boxes = json.loads((self.folder / "boxes.json").read_text())

    def floats(self, name):
        """The bytes of a float32 tensor, writable as PyTorch wants them."""
        return bytearray((self.folder / f"{name}.f32").read_bytes())

    def heads(self):
        """Name and shape of the logits of each scale."""
        return [(f"y_pred_{l}", (self.batch, h, w, self.per_cell * self.depth)) for l, (h, w) in enumerate(self.grids)]

    def labels(self):
        """The same of the labels."""
        return [(f"y_true_{l}", (self.batch, h, w, self.per_cell, self.depth)) for l, (h, w) in enumerate(self.grids)]
