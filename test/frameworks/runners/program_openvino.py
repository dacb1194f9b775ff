"""openvino_loss.cpp, built as its first lines say, and run as a user runs it."""

import glob
import os
import subprocess
import tempfile

import numpy as np
import openvino
import shipped
from serve import serve

source = os.path.join(shipped.folder, "cpp", "openvino_loss.cpp")
[package] = openvino.__path__
libs = os.path.join(package, "libs")
program = os.path.join(tempfile.mkdtemp(), "openvino_loss")
words = ["-std=c++17", f"-I{package}/include", *glob.glob(f"{libs}/libopenvino.so.*"), f"-Wl,-rpath,{libs}"]
subprocess.run(["g++", source, *words, "-o", program], check=True)


def load(graph, job, feeds):
    def run(feeds):
        with tempfile.TemporaryDirectory() as folder:
            for name, array in feeds.items():
                np.save(os.path.join(folder, f"{name}.npy"), array)
            loss = np.float32(shipped.ran([program, os.path.abspath(graph), folder], folder).split()[1])
            grads = [np.load(os.path.join(folder, f"grad_{name}.npy")) for name in job["wrt"]]
        return shipped.named(job, loss, grads)

    return run


serve({"program": load}, openvino.__version__)
