"""MNN: the graph converted to its own format, then run."""

import os
import sys
import tempfile
from importlib.metadata import version
from unittest.mock import MagicMock

# Its import would have pip install a client for a log service.
sys.modules["MNN.tools.utils.log"] = MagicMock()

import MNN  # noqa: E402
import MNN.expr  # noqa: E402
import MNN.nn  # noqa: E402
import numpy as np  # noqa: E402
from MNN.tools import mnnconvert  # noqa: E402
from serve import serve  # noqa: E402

folder = tempfile.mkdtemp()


def convert(graph):
    to = os.path.join(folder, "graph.mnn")
    if os.path.exists(to):
        os.remove(to)
    words = ["-f", "ONNX", "--modelFile", graph, "--MNNModel", to, "--bizCode", "loss", "--keepInputFormat=1"]
    mnnconvert.convert(["mnnconvert", *words])
    if not os.path.exists(to):
        raise RuntimeError("mnnconvert made no file of it")
    return to


def load(graph, job, feeds):
    net = MNN.nn.load_module_from_file(convert(graph), job["inputs"], job["outputs"])

    def run(feeds):
        given = []
        for name in job["inputs"]:
            value = np.ascontiguousarray(feeds[name])
            kind = MNN.expr.float if value.dtype.kind == "f" else MNN.expr.int
            given.append(MNN.expr.const(value, list(value.shape), MNN.expr.NCHW, kind))
        return {name: v.read().copy() for name, v in zip(job["outputs"], net.onForward(given))}

    return run


serve({"value": load, "gradient": load}, version("MNN"))
