"""onnx2torch: GatherElements with an index of -1, which ONNX counts from the end, is out of bounds."""

import sys
from importlib.metadata import version
from unittest.mock import MagicMock

for name in ("torchvision", "torchvision.ops"):
    sys.modules[name] = MagicMock()

import onnx2torch  # noqa: E402
import torch  # noqa: E402
from onnx import TensorProto, helper  # noqa: E402

x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [3])
i = helper.make_tensor_value_info("i", TensorProto.INT64, [1])
y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])
graph = helper.make_graph([helper.make_node("GatherElements", ["x", "i"], ["y"], axis=0)], "g", [x, i], [y])
module = onnx2torch.convert(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]))
try:
    got = module(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([-1])).tolist()
except Exception as error:
    got = str(error)
print(f"{'PASS' if got == [3.0] else 'FAIL'} onnx2torch {version('onnx2torch')}: {got}, expected [3.0]")
