"""OpenVINO, CPU: float64 is computed in float32, without a word.

y = x + 1 in float64. Expected: 16777217, which float32 does not have.
"""

import numpy as np
import openvino as ov
from little import attempt, constant, model, verdict

graph = model([("Add", ["x", "one"], ["y"], {})], [("x", "double", [1])], [("y", "double", [1])], [constant("one", np.float64(1))])
x = np.array([2.0**24])
core = ov.Core()
got = attempt(lambda: core.compile_model(core.read_model(graph.SerializeToString()), "CPU")([x])[0])
verdict("openvino", ov.__version__, x + 1, got)
