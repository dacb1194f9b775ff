"""onnx2torch: NonZero gives [n, rank], as PyTorch's nonzero does; ONNX wants [rank, n]."""

from importlib.metadata import version

import numpy as np
from little import attempt, model, verdict
from onnx2torch_run import run

x = np.array([1, 0, 2, 3], np.float32)
graph = model([("NonZero", ["x"], ["y"], {})], [("x", "float", [4])], [("y", "int64", [1, "n"])])
verdict("onnx2torch", version("onnx2torch"), np.array(np.nonzero(x)), attempt(lambda: run(graph, x)))
