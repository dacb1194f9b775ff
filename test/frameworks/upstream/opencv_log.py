"""OpenCV, dnn: Log(1 + e), e below half the spacing of float32 at 1, is Log(1) and must be 0."""

import cv2
import numpy as np


def field(number, value):
    """A field of a protobuf message, of less than 128 bytes."""
    if isinstance(value, int):
        return bytes([number << 3, value])
    value = value.encode() if isinstance(value, str) else value
    return bytes([number << 3 | 2, len(value)]) + value


def tensor_type(name):
    shape = field(1, field(1, 1)) + field(1, field(1, 100))
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))


def node(op, inputs, output):
    return field(1, b"".join(field(1, name) for name in inputs) + field(2, output) + field(4, op))


def long(number, value):
    return bytes([number << 3 | 2, len(value) & 127 | 128, len(value) >> 7]) + value


one = field(5, field(2, 1) + field(8, "one") + field(9, np.float32(1).tobytes()))
nodes = node("Exp", ["x"], "e") + node("Add", ["e", "one"], "u") + node("Log", ["u"], "y")
graph = nodes + field(2, "g") + one + field(11, tensor_type("x")) + field(12, tensor_type("y"))
model = field(1, 8) + long(7, graph) + field(8, field(1, "") + field(2, 17))
x = np.linspace(-30, -18, 100, dtype=np.float32).reshape(1, 100)
net = cv2.dnn.readNetFromONNX(np.frombuffer(model, np.uint8))
net.setInput(x, "x")
worst = np.abs(net.forward()).max()
print(f"{'PASS' if worst == 0 else 'FAIL'} opencv {cv2.__version__}: Log(1) is off by {worst:.3g}")
