"""Trains a detector in PyTorch with an exported loss, whose gradient autograd derives: onnx2torch 1.5.15 loads it.

    yolo-loss export --config my.json --layout nchw --for ort-training -o loss.onnx
    python onnx2torch-training.py loss.onnx batch.npz [STEPS] [RATE]

The loss is in its compact form, of dense labels and opset 17 or below, and the only output. `--for ort-training` gives logits of
exactly 0 their gradient. detector.py, beside this file, is yours: its function detector() returns a torch.nn.Module that makes of images the
logits of each scale, coarsest first, [B, A*(5+C), h, w]. batch.npz holds `image` and the labels, by the names of the inputs
of loss.onnx. What was trained goes into trained.pt.
"""

import argparse
import os

import numpy
import onnx
import onnx2torch
import torch
from detector import detector

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("loss", help="what export wrote")
parser.add_argument("batch", help="arrays of images and labels")
parser.add_argument("steps", nargs="?", type=int, default=100)
parser.add_argument("rate", nargs="?", type=float, default=0.001)
asked = parser.parse_args()
if os.path.exists("trained.pt"):
    parser.error("trained.pt is there already: move it away")

graph = onnx.load(asked.loss)
for node in graph.graph.node:
    # Where ONNX sums from the beginning by default, onnx2torch 1.5.15 sums from the end.
    if node.op_type == "CumSum" and all(attribute.name != "reverse" for attribute in node.attribute):
        node.attribute.append(onnx.helper.make_attribute("reverse", 0))
loss = onnx2torch.convert(graph, save_input_names=True)

batch = {name: torch.from_numpy(array) for name, array in numpy.load(asked.batch).items()}
wanted = {value.name for value in graph.graph.input if not value.name.startswith("y_pred_")}
missing = {"image", *wanted} - set(batch)
if missing:
    parser.error(f"{asked.batch} has no array {', '.join(sorted(missing))}: it holds {', '.join(batch)}")
labels = {name: batch[name] for name in wanted}
model = detector().train()
optimizer = torch.optim.AdamW(model.parameters(), lr=asked.rate)
for step in range(asked.steps):
    logits = {f"y_pred_{scale}": head for scale, head in enumerate(model(batch["image"]))}
    value = loss(**logits, **labels)
    optimizer.zero_grad()
    value.backward()
    optimizer.step()
    print(step, value.item(), flush=True)
torch.save(model.state_dict(), "trained.pt")
