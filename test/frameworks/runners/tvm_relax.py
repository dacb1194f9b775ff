"""TVM: imported into Relax, compiled with LLVM for this CPU; at its level 1, for higher ones take seconds longer a graph."""

import onnx
import tvm
from serve import serve
from tvm import relax
from tvm.relax.frontend.onnx import from_onnx


def load(graph, job, feeds):
    shapes = {name: list(feeds[name].shape) for name in job["inputs"]}
    module = from_onnx(onnx.load(graph), shape_dict=shapes, keep_params_in_input=False)
    module = relax.transform.DecomposeOpsForInference()(module)
    target = tvm.target.Target({"kind": "llvm", "opt-level": 1})
    built = tvm.compile(relax.get_pipeline("zero")(module), target=target)
    machine = relax.VirtualMachine(built, tvm.cpu())

    def run(feeds):
        results = machine["main"](*(tvm.runtime.tensor(feeds[name]) for name in job["inputs"]))
        single = hasattr(results, "numpy")
        results = [results] if single else list(results)
        return {name: value.numpy() for name, value in zip(job["outputs"], results)}

    return run


serve({"value": load, "gradient": load}, tvm.__version__)
