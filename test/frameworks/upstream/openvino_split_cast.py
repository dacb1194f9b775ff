"""OpenVINO, CPU: Cast to bool of one output of a Split of unequal parts cannot be compiled.

Check 'false' failed at src/core/src/node.cpp: While validating node 'opset1::VariadicSplit': Default output not supported.
"""

import numpy as np
import openvino as ov
from little import attempt, constant, kinds, model, verdict

nodes = [("Split", ["x", "sizes"], ["a", "b"], {"axis": 1}), ("Cast", ["b"], ["y"], {"to": kinds["bool"]})]
graph = model(nodes, [("x", "float", [1, 3])], [("y", "bool", [1, 2])], [constant("sizes", [1, 2])])
x = np.array([[1, 0, 2]], np.float32)
core = ov.Core()
got = attempt(lambda: core.compile_model(core.read_model(graph.SerializeToString()), "CPU")([x])[0])
verdict("openvino", ov.__version__, x[:, 1:] != 0, got)
