"""OpenVINO, CPU: Abs of a Concat of one-dimensional tensors is done in place, and other readers of it see |c|.

c = Concat(a, b); y = c - Abs(c). Got: 0 everywhere, without an error. Min(c, Neg(c)) in place of Neg(Abs(c)) is right.
"""

import numpy as np
import openvino as ov
from little import attempt, model, verdict

nodes = [("Concat", ["a", "b"], ["c"], {"axis": 0}), ("Abs", ["c"], ["d"], {}), ("Sub", ["c", "d"], ["y"], {})]
graph = model(nodes, [("a", "float", [2]), ("b", "float", [3])], [("y", "float", [5])])
a, b = np.array([-1, 2], np.float32), np.array([-3, 4, -5], np.float32)
both = np.concatenate([a, b])
core = ov.Core()
got = attempt(lambda: core.compile_model(core.read_model(graph.SerializeToString()), "CPU")([a, b])[0])
verdict("openvino", ov.__version__, both - abs(both), got)
