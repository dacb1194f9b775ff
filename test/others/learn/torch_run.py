"""The same training in PyTorch: the detector of a Darknet configuration file from the same random weights, the same images,
loss, optimizer and rates, in an order of its own.

    torch_run.py CFG CONFIG.json TRAIN.txt LABELS.npz STEPS RATE WARMUP OUT.onnx
"""

import json
import math
import sys
import time
from pathlib import Path

import numpy
import torch
from PIL import Image

sys.path += [str(Path(__file__).parent.parent / folder) for folder in ("detectors", "torch")]
from darknet_torch import export, seeded  # noqa: E402
from yolo_loss import yolo_loss  # noqa: E402

cfg, config, lines, labels, steps, rate, warmup, out = sys.argv[1:]
config, arrays = json.loads(Path(config).read_text()), numpy.load(labels)
truth = [torch.from_numpy(arrays[f"y_true_{l}"]) for l in range(len(config["anchorMask"]))]
folder = Path(lines).parent
paths = [folder / line.split()[0] for line in Path(lines).read_text().splitlines()]
images = torch.stack([torch.from_numpy(numpy.asarray(Image.open(p)).copy()).permute(2, 0, 1) for p in paths])
height, width = images.shape[2:]
model, image = seeded(cfg, "training", height, width)
model.train()
optimizer = torch.optim.Adam(model.parameters(), lr=float(rate))
steps, warmup, batch = int(steps), int(warmup), 8
began, order = time.perf_counter(), []
for step in range(steps):
    if len(order) < batch:
        order += torch.randperm(len(paths)).tolist()
    chosen, order = order[:batch], order[batch:]
    share = max(step - warmup, 0) / max(steps - warmup, 1)
    now = float(rate) * ((step + 1) / warmup if step < warmup else (1 + math.cos(math.pi * share)) / 2)
    for group in optimizer.param_groups:
        group["lr"] = now
    heads = [h.permute(0, 2, 3, 1) for h in model(images[chosen].float() / 255)]
    loss = yolo_loss(heads, [y[chosen] for y in truth], config["anchors"], config["anchorMask"], config["ignoreThreshold"])[0]
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"PyTorch: {steps} steps in {time.perf_counter() - began:.0f} s, last loss {float(loss):.2f}")
export(model.eval(), image, "preserve", 17, out)
