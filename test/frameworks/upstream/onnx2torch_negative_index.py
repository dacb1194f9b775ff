"""onnx2torch: GatherElements takes no index of -1, which ONNX counts from the end."""

from importlib.metadata import version

import numpy as np
from little import attempt, model, verdict
from onnx2torch_run import run

x, i = np.array([1, 2, 3], np.float32), np.array([-1])
nodes = [("GatherElements", ["x", "i"], ["y"], {"axis": 0})]
graph = model(nodes, [("x", "float", [3]), ("i", "int64", [1])], [("y", "float", [1])])
verdict("onnx2torch", version("onnx2torch"), x[i], attempt(lambda: run(graph, x, i)))
