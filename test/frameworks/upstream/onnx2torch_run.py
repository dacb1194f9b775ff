"""Converts a model by onnx2torch and runs it, for the programs here."""

import sys
from unittest.mock import MagicMock

# Serves two operators of detectors' tails, and does not fit every build of PyTorch.
for name in ("torchvision", "torchvision.ops"):
    sys.modules[name] = MagicMock()

import onnx2torch  # noqa: E402
import torch  # noqa: E402


def run(graph, *arrays):
    return onnx2torch.convert(graph)(*map(torch.tensor, arrays)).numpy()
