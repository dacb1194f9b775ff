"""tinygrad: Gather by a constant of two dimensions fails: '<' not supported between instances of 'list' and 'int'."""

from importlib.metadata import version

import numpy as np
from little import attempt, constant, model, verdict
from tinygrad_run import run

x, i = np.arange(4, dtype=np.float32), np.array([[0, 1], [3, 2]])
graph = model([("Gather", ["x", "i"], ["y"], {})], [("x", "float", [4])], [("y", "float", [2, 2])], [constant("i", i)])
verdict("tinygrad", version("tinygrad"), x[i], attempt(lambda: run(graph.SerializeToString(), x)))
