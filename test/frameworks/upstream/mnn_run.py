"""Converts a model to MNN's format and runs it, for the programs here."""

import os
import sys
import tempfile
from unittest.mock import MagicMock

# Its import would have pip install a client for a log service.
sys.modules["MNN.tools.utils.log"] = MagicMock()

import MNN.expr  # noqa: E402
import MNN.nn  # noqa: E402
from MNN.tools import mnnconvert  # noqa: E402


def run(graph, feeds):
    with tempfile.TemporaryDirectory() as folder:
        given, made = (os.path.join(folder, name) for name in ("least.onnx", "least.mnn"))
        with open(given, "wb") as file:
            file.write(graph.SerializeToString())
        words = ["-f", "ONNX", "--modelFile", given, "--MNNModel", made, "--bizCode", "least", "--keepInputFormat=1"]
        mnnconvert.convert(["mnnconvert", *words])
        net = MNN.nn.load_module_from_file(made, list(feeds), [output.name for output in graph.graph.output])
    tensors = [MNN.expr.const(x, list(x.shape), MNN.expr.NCHW, MNN.expr.float) for x in feeds.values()]
    return net.onForward(tensors)[0].read().copy()
