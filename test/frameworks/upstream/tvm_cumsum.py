"""TVM, Relax: CumSum of a Shape cannot be imported: Node cannot handle ShapeExpr inputs."""

import numpy as np
import tvm
from little import attempt, constant, model, verdict
from tvm import relax
from tvm.relax.frontend.onnx import from_onnx

x = np.zeros((3, 4), np.float32)
nodes = [("Shape", ["x"], ["s"], {}), ("CumSum", ["s", "axis"], ["y"], {})]
graph = model(nodes, [("x", "float", [3, 4])], [("y", "int64", [2])], [constant("axis", 0)])


def run():
    module = from_onnx(graph, shape_dict={"x": [3, 4]})
    machine = relax.VirtualMachine(tvm.compile(relax.get_pipeline("zero")(module), target="llvm"), tvm.cpu())
    return machine["main"](tvm.runtime.tensor(x)).numpy()


verdict("tvm", tvm.__version__, np.cumsum(x.shape), attempt(run))
