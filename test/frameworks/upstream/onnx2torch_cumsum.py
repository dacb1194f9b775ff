"""onnx2torch: CumSum without the attribute `reverse` sums from the end; its default is 0, from the beginning."""

from importlib.metadata import version

import numpy as np
from little import attempt, constant, model, verdict
from onnx2torch_run import run

x = np.array([1, 2, 3], np.float32)
graph = model([("CumSum", ["x", "axis"], ["y"], {})], [("x", "float", [3])], [("y", "float", [3])], [constant("axis", 0)])
verdict("onnx2torch", version("onnx2torch"), np.cumsum(x), attempt(lambda: run(graph, x)))
