"""MNN, CPU: Less of float32 compares the bits as integers: where both are negative, the answer is the other one.

Greater, LessOrEqual and GreaterOrEqual are right.
"""

from importlib.metadata import version

import numpy as np
from little import attempt, model, verdict
from mnn_run import run

a, b = np.array([-2, -1, 1, 2], np.float32), np.array([-1, -2, 2, 1], np.float32)
graph = model([("Less", ["a", "b"], ["y"], {})], [("a", "float", [4]), ("b", "float", [4])], [("y", "bool", [4])])
verdict("mnn", version("MNN"), a < b, attempt(lambda: run(graph, {"a": a, "b": b})))
