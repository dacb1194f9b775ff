"""OpenVINO, CPU: Log(1 + e) in one kernel with what is before it is 1.9e-6 where the sum is exactly 1.

Expected: 0, the logarithm of 1. Ten thousand such terms are an error of 0.02.
"""

import numpy as np
import openvino as ov
from little import attempt, constant, model, verdict

size = 10647
nodes = [("Exp", ["x"], ["e"], {}), ("Add", ["e", "one"], ["u"], {}), ("Log", ["u"], ["y"], {})]
graph = model(nodes, [("x", "float", [size])], [("y", "float", [size])], [constant("one", np.float32(1))])
x = np.linspace(-30, -18, size).astype(np.float32)
core = ov.Core()
hint = {"INFERENCE_PRECISION_HINT": "f32"}
got = attempt(lambda: core.compile_model(core.read_model(graph.SerializeToString()), "CPU", hint)([x])[0])
verdict("openvino", ov.__version__, np.float32(0), got if isinstance(got, str) else abs(got).max(), "largest |Log(1)|: ")
