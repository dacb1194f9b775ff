"""onnx, reference evaluator: GatherElements along an axis of more than 64 entries fails inside numpy.choose."""

import numpy as np
import onnx
from little import attempt, model, verdict
from onnx.reference import ReferenceEvaluator

x, i = np.arange(100, dtype=np.float32), np.array([7, 99])
nodes = [("GatherElements", ["x", "i"], ["y"], {"axis": 0})]
graph = model(nodes, [("x", "float", [100]), ("i", "int64", [2])], [("y", "float", [2])])
verdict("onnx", onnx.__version__, x[i], attempt(lambda: ReferenceEvaluator(graph).run(None, {"x": x, "i": i})[0]))
