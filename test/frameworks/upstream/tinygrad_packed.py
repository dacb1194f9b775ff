"""tinygrad: its reader of ONNX takes repeated integers one by one alone; packed ones, which protobuf's readers must take too, fail."""

from importlib.metadata import version

import numpy as np
from little import attempt, constant, model, verdict
from tinygrad_run import run

x, w = np.array([1, 1], np.float32), constant("w", np.array([1, 2], np.float32))
content = model([("Add", ["x", "w"], ["y"], {})], [("x", "float", [2])], [("y", "float", [2])], [w]).SerializeToString()
# The field 1 of the tensor, `dims`, of the one value 2, as one value and as a list; the sizes of what is around it grow by one.
tensor = w.SerializeToString()
packed = b"\x0a\x01\x02" + tensor[2:]
at = content.index(tensor)
graph = content.index(b"\x3a")
longer = content[: graph + 1] + bytes([content[graph + 1] + 1]) + content[graph + 2 : at - 1]
contents = {"one by one": content, "packed": longer + bytes([len(packed)]) + packed + content[at + len(tensor) :]}
for how, bytes_ in contents.items():
    verdict("tinygrad", version("tinygrad"), np.array([2, 3], np.float32), attempt(lambda: run(bytes_, x)), f"dims {how}: ")
