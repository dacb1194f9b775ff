"""ONNX Runtime, CPU: reductions over an empty axis without keepdims are refused, or leave the axis in the result.

Since opset 20 the sum of nothing is said to be 0 and its maximum -inf; before, that is what NumPy's sum and this runtime's newest give.
"""

import numpy as np
import onnxruntime as ort
from little import attempt, constant, model, verdict

options = ort.SessionOptions()
options.log_severity_level = 4


def run(graph):
    session = ort.InferenceSession(graph.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, {"x": np.zeros((2, 0), np.float32)})[0]


for op, axis, expected in [("ReduceSum", 1, 0), ("ReduceSum", -1, 0), ("ReduceMax", 1, -np.inf), ("ReduceMax", -1, -np.inf)]:
    by_input = op == "ReduceSum"
    node = (op, ["x", "axes"] if by_input else ["x"], ["y"], {"keepdims": 0} if by_input else {"keepdims": 0, "axes": [axis]})
    graph = model([node], [("x", "float", [2, "n"])], [("y", "float", [2])], [constant("axes", [axis])] if by_input else [])
    wanted = np.full(2, expected, np.float32)
    verdict("onnxruntime", ort.__version__, wanted, attempt(lambda: run(graph)), f"{op}, axis {axis}: ")
