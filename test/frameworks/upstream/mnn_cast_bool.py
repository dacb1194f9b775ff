"""MNN, CPU: Cast of float32 to bool truncates, so that 0.5 is false and 10 is 10 wherever it is counted."""

from importlib.metadata import version

import numpy as np
from little import attempt, kinds, model, verdict
from mnn_run import run

x = np.array([0, 0.5, 1, 10], np.float32)
graph = model([("Cast", ["x"], ["y"], {"to": kinds["bool"]})], [("x", "float", [4])], [("y", "bool", [4])])
verdict("mnn", version("MNN"), x != 0, attempt(lambda: run(graph, {"x": x})))
