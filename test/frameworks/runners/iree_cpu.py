"""IREE: imported from ONNX, compiled for this CPU, run by its virtual machine."""

import os
import subprocess
import sys
import tempfile
from importlib.metadata import version

import iree.compiler as compiler
import iree.runtime as runtime
import numpy as np
import onnx
from serve import serve

folder = tempfile.mkdtemp()


def imported(graph):
    mlir = os.path.join(folder, "graph.mlir")
    told = subprocess.run(
        [sys.executable, "-m", "iree.compiler.tools.import_onnx", graph, "-o", mlir, "--opset-version", "17"],
        capture_output=True,
        text=True,
    )
    if told.returncode != 0:
        raise RuntimeError(f"import_onnx: {told.stderr.strip().splitlines()[-1]}")
    return mlir


def load(graph, job, feeds):
    name = onnx.load(graph, load_external_data=False).graph.name
    try:
        binary = compiler.compile_file(
            imported(graph), input_type="onnx", target_backends=["llvm-cpu"], extra_args=["--iree-llvmcpu-target-cpu=host"]
        )
    except compiler.CompilerToolError as error:
        wrong = [line for line in str(error).splitlines() if "error:" in line]
        raise RuntimeError(" ".join(wrong[:2]) or str(error)[:500]) from None
    config = runtime.Config("local-task")
    context = runtime.SystemContext(config=config)
    context.add_vm_module(runtime.VmModule.copy_buffer(context.instance, binary))
    call = context.modules.module[name]

    def run(feeds):
        results = call(*(feeds[name] for name in job["inputs"]))
        results = results if isinstance(results, (tuple, list)) else [results]
        return {name: np.asarray(value.to_host()) for name, value in zip(job["outputs"], results)}

    return run


serve({"value": load, "gradient": load}, version("iree-base-compiler"))
