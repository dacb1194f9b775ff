"""tinygrad: its reader of ONNX takes repeated integers one by one only; packed ones, which protobuf equally allows, fail."""

import tempfile
from importlib.metadata import version

import numpy as np
from tinygrad import Tensor
from tinygrad.nn.onnx import OnnxRunner


def field(number, value):
    """A field of a protobuf message, of less than 128 bytes."""
    if isinstance(value, int):
        return bytes([number << 3, value])
    value = value.encode() if isinstance(value, str) else value
    return bytes([number << 3 | 2, len(value)]) + value


def tensor_type(name):
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, field(1, field(1, 2)))))


def model(dims):
    """y = x + w, w = [1, 2]."""
    w = dims + field(2, 1) + field(8, "w") + field(9, np.array([1, 2], np.float32).tobytes())
    node = field(1, "x") + field(1, "w") + field(2, "y") + field(4, "Add")
    graph = field(1, node) + field(2, "g") + field(5, w) + field(11, tensor_type("x")) + field(12, tensor_type("y"))
    return field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 17))


for name, dims in {"unpacked": field(1, 2), "packed": field(1, bytes([2]))}.items():
    try:
        with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
            file.write(model(dims))
            file.flush()
            got = OnnxRunner(file.name)({"x": Tensor([1.0, 1.0])})["y"].tolist()
    except Exception as error:
        got = f"{type(error).__name__}: {error}"
    print(f"{'PASS' if got == [2.0, 3.0] else 'FAIL'} tinygrad {version('tinygrad')}: dims {name}: {got}")
