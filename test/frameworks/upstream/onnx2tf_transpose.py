"""onnx2tf: what is computed of a Split behind a Transpose comes out in another order, without an error, where two axes are alike.

The shapes of inputs are kept as they are (`keep_shape_absolutely_input_names`), so that there is no layout to change.
"""

import os
import sys
import tempfile
from importlib.metadata import version
from unittest.mock import MagicMock

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np  # noqa: E402
import onnx  # noqa: E402
import onnx2tf  # noqa: E402
import tensorflow as tf  # noqa: E402
from little import attempt, constant, model, verdict  # noqa: E402

# The files for phones are not looked at.
tf.lite.TFLiteConverter = MagicMock()
tf.lite.TFLiteConverter.from_concrete_functions.return_value.convert.return_value = b""

shape = [2, 3, 4, 4]
nodes = [
    ("Transpose", ["x"], ["t"], {"perm": [3, 0, 1, 2]}),
    ("Split", ["t", "sizes"], ["a", "b"], {"axis": 0}),
    ("Exp", ["b"], ["y"], {}),
]
graph = model(nodes, [("x", "float", shape)], [("y", "float", [2, *shape[:3]])], [constant("sizes", [2, 2])])
x = np.arange(np.prod(shape)).reshape(shape).astype(np.float32) / 100


def run():
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "least.onnx")
        onnx.save(graph, file)
        words = {"keep_shape_absolutely_input_names": ["x"], "not_use_onnxsim": True}
        made = onnx2tf.convert(file, output_folder_path=folder, non_verbose=True, verbosity="error", **words)
        return np.log(made(tf.constant(x)).numpy())


got = attempt(run)
expected = np.moveaxis(x, 3, 0)[2:]
close = not isinstance(got, str) and np.allclose(got, expected, atol=1e-5)
first = got if isinstance(got, str) or close else got.reshape(-1)[:4].round(2)
verdict("onnx2tf", version("onnx2tf"), expected.reshape(-1)[:4], expected.reshape(-1)[:4] if close else first, "the first four: ")
sys.stdout.flush()
os._exit(0)
