"""onnx reference evaluator: GatherElements along an axis of more than 64 entries fails inside numpy.choose."""

import numpy as np
import onnx
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [100])
i = helper.make_tensor_value_info("i", TensorProto.INT64, [2])
y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [2])
graph = helper.make_graph([helper.make_node("GatherElements", ["x", "i"], ["y"], axis=0)], "g", [x, i], [y])
session = ReferenceEvaluator(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]))
try:
    got = session.run(None, {"x": np.arange(100, dtype=np.float32), "i": np.array([7, 99])})[0].tolist()
except Exception as error:
    got = str(error)
print(f"{'PASS' if got == [7.0, 99.0] else 'FAIL'} onnx {onnx.__version__}: {got}, expected [7.0, 99.0]")
