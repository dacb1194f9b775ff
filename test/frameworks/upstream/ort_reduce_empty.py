"""ONNX Runtime, CPU: reductions over an empty axis.

ReduceSum of [2, 0] over axis 1 is [0, 0] since opset 13, also by its negative number; versions before 1.17 refuse it without keepdims.
ReduceMax over axis -1 has been seen to give a tensor of the input's shape.
"""

import numpy as np
import onnxruntime as ort


def varint(n):
    out = b""
    while n > 127:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def tensor_type(name, dims):
    shape = b"".join(field(1, field(2, d) if isinstance(d, str) else field(1, d)) for d in dims)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))


def model(op, axis):
    """y = op(x) over one axis, without keepdims; by hand, so that no other package is needed."""
    keepdims = field(5, field(1, "keepdims") + field(3, 0) + field(20, 2))
    signed = axis % 2**64
    axes = field(1, 1) + field(2, 7) + field(8, "axes") + field(9, int(signed).to_bytes(8, "little"))
    attribute = field(5, field(1, "axes") + field(8, signed) + field(20, 7))
    by_input = op == "ReduceSum"
    inputs = field(1, "x") + (field(1, "axes") if by_input else b"")
    node = inputs + field(2, "y") + field(4, op) + keepdims + (b"" if by_input else attribute)
    graph = field(1, node) + field(2, "g") + (field(5, axes) if by_input else b"")
    graph += field(11, tensor_type("x", [2, "n"])) + field(12, tensor_type("y", [2]))
    return field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 17))


options = ort.SessionOptions()
options.log_severity_level = 4
for op, axis, expected in [("ReduceSum", 1, 0.0), ("ReduceSum", -1, 0.0), ("ReduceMax", 1, -np.inf), ("ReduceMax", -1, -np.inf)]:
    try:
        session = ort.InferenceSession(model(op, axis), options, providers=["CPUExecutionProvider"])
        got = session.run(None, {"x": np.zeros((2, 0), np.float32)})[0]
        said, right = f"shape {got.shape} {got.tolist()}", got.tolist() == [expected, expected]
    except Exception as error:
        said, right = " ".join(str(error).split())[-110:], False
    print(f"{'PASS' if right else 'FAIL'} onnxruntime {ort.__version__}: {op}, axis {axis}: {said}")
