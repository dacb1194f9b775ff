"""Trains the last layer of a detector, a 1×1 convolution for each scale, by NumPy and onnxruntime alone.

    pip install onnxruntime numpy
    yolo-loss export --config my.json --gradients -o loss.onnx
    python numpy_loop.py loss.onnx batch.npz [STEPS] [RATE]

batch.npz holds the labels, by the names of the inputs of loss.onnx, and what the detector computes before that layer: features_0 …
[B, h, w, K], coarsest scale first. weight_0 … [K, A*(5+C)] and bias_0 … [A*(5+C)], where it holds them, are where training begins;
else that is zero. What came of them goes into trained.npz.
"""

import os
import sys

import numpy
import onnxruntime


class YoloLoss:
    """Of arrays by name the loss, [], and its gradients by the logits, in the order of the graph."""

    def __init__(self, path, **options):
        self.session = onnxruntime.InferenceSession(path, **options)
        self.grads = [output.name for output in self.session.get_outputs() if output.name.startswith("grad_")]
        if not self.grads:
            raise ValueError(f"{path} has no gradient: export it with --gradients")

    def __call__(self, arrays):
        return self.session.run(["loss", *self.grads], arrays)


def beginning(batch, channels):
    """Weights and biases of each scale, [K, channels] and [channels]."""
    widths = [batch[f"features_{l}"].shape[-1] for l in range(len(channels))]
    zeros = [(numpy.zeros((k, c), numpy.float32), numpy.zeros(c, numpy.float32)) for k, c in zip(widths, channels)]
    return [(batch.get(f"weight_{l}", w), batch.get(f"bias_{l}", b)) for l, (w, b) in enumerate(zeros)]


if __name__ == "__main__":
    given = sys.argv[1:]
    if not 2 <= len(given) <= 4:
        sys.exit("usage: python numpy_loop.py loss.onnx batch.npz [STEPS] [RATE]")
    path, data, steps, rate = given + ["100", "0.001"][len(given) - 2 :]
    if os.path.exists("trained.npz"):
        sys.exit("trained.npz is there already: move it away")
    yolo_loss, batch = YoloLoss(path), dict(numpy.load(data))
    inputs = {one.name: one.shape for one in yolo_loss.session.get_inputs()}
    heads = beginning(batch, [shape[-1] for name, shape in inputs.items() if name.startswith("y_pred_")])
    features = [batch[f"features_{l}"] for l in range(len(heads))]
    labels = {name: batch[name] for name in inputs if not name.startswith("y_pred_")}
    for step in range(int(steps)):
        logits = {f"y_pred_{l}": x @ w + b for l, (x, (w, b)) in enumerate(zip(features, heads))}
        loss, *grads = yolo_loss({**logits, **labels})
        rows = [(x.reshape(-1, x.shape[-1]), g.reshape(-1, g.shape[-1])) for x, g in zip(features, grads)]
        heads = [(w - float(rate) * x.T @ g, b - float(rate) * g.sum(0)) for (x, g), (w, b) in zip(rows, heads)]
        print(step, loss)
    numpy.savez("trained.npz", **{f"{name}_{l}": v for l, head in enumerate(heads) for name, v in zip(("weight", "bias"), head)})
