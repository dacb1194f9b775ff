"""onnx2torch: NonZero gives [n, rank] as PyTorch's nonzero does; ONNX wants [rank, n]."""

import sys
from importlib.metadata import version
from unittest.mock import MagicMock

for name in ("torchvision", "torchvision.ops"):
    sys.modules[name] = MagicMock()

import onnx2torch  # noqa: E402
import torch  # noqa: E402
from onnx import TensorProto, helper  # noqa: E402

x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [4])
y = helper.make_tensor_value_info("y", TensorProto.INT64, [1, "n"])
graph = helper.make_graph([helper.make_node("NonZero", ["x"], ["y"])], "g", [x], [y])
module = onnx2torch.convert(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]))
got = tuple(module(torch.tensor([1.0, 0.0, 2.0, 3.0])).shape)
print(f"{'PASS' if got == (1, 3) else 'FAIL'} onnx2torch {version('onnx2torch')}: shape {got}, expected (1, 3)")
