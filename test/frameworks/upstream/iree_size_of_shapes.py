"""IREE, llvm-cpu: a size that comes of picked entries of a Shape, with an axis more, beside others, cannot be compiled.

'stream.async.fill' op has invalid Write access range [0 to 24 for 24] of resource with size 16; length > resource size.
"""

import os
import subprocess
import sys
import tempfile
from importlib.metadata import version

import iree.compiler as compiler
import iree.runtime as runtime
import numpy as np
import onnx
from little import attempt, constant, model, verdict

nodes = [
    ("Shape", ["x"], ["s"], {}),
    ("Gather", ["s", "picked"], ["g"], {"axis": 0}),
    ("Unsqueeze", ["g", "zero"], ["u"], {}),
    ("Concat", ["u", "w"], ["t"], {"axis": 0}),
    ("Reshape", ["t", "flat"], ["f"], {}),
    ("ReduceSum", ["f", "zero"], ["n"], {"keepdims": 1}),
    ("ConstantOfShape", ["n"], ["y"], {}),
]
constants = [constant("picked", [2, 1]), constant("zero", [0]), constant("flat", [-1])]
graph = model(nodes, [("x", "float", ["b", "h", "w"]), ("w", "int64", [1, 2])], [("y", "float", ["n"])], constants)
x, w = np.zeros((2, 3, 4), np.float32), np.array([[1, 1]])


def run():
    with tempfile.TemporaryDirectory() as folder:
        given, made = (os.path.join(folder, name) for name in ("least.onnx", "least.mlir"))
        onnx.save(graph, given)
        subprocess.run([sys.executable, "-m", "iree.compiler.tools.import_onnx", given, "-o", made], check=True)
        words = {"input_type": "onnx", "target_backends": ["llvm-cpu"], "extra_args": ["--iree-llvmcpu-target-cpu=host"]}
        try:
            binary = compiler.compile_file(made, **words)
        except compiler.CompilerToolError as error:
            [first] = [line for line in str(error).splitlines() if "error:" in line][:1]
            raise RuntimeError(first) from None
    context = runtime.SystemContext(config=runtime.Config("local-task"))
    context.add_vm_module(runtime.VmModule.copy_buffer(context.instance, binary))
    return context.modules.module["least"](x, w).to_host()


verdict("iree", version("iree-base-compiler"), np.zeros(9, np.float32), attempt(run))
