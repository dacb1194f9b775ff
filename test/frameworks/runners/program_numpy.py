"""numpy_loop.py, run as a user runs it, for one step of training.

The features of each cell are a one at its place, twice: by the first the weights are the logits, by the second they begin at
zero, and a step at rate 1 makes of these the negative gradient, exactly. Only of an infinite gradient that product is not a number:
there it is what the program computes the step from.
"""

import os
import sys
import tempfile

import numpy as np
import onnxruntime
import shipped
import numpy_loop
from serve import serve

program = os.path.join(shipped.folder, "python", "numpy_loop.py")


def batch(job, feeds):
    arrays = {name: feeds[name] for name in job["inputs"] if name not in job["wrt"]}
    for scale, name in enumerate(job["wrt"]):
        *grid, channels = feeds[name].shape
        cells = int(np.prod(grid))
        places = np.eye(cells, dtype=np.float32)
        arrays[f"features_{scale}"] = np.concatenate([places, places], axis=1).reshape(*grid, 2 * cells)
        zeros = np.zeros((cells, channels), np.float32)
        arrays[f"weight_{scale}"] = np.concatenate([feeds[name].reshape(cells, channels), zeros])
    return arrays


def load(graph, job, feeds):
    def run(feeds):
        loss, *grads = numpy_loop.YoloLoss(graph)({name: feeds[name] for name in job["inputs"]})
        if not all(np.isfinite(grad).all() for grad in grads):
            return shipped.named(job, loss, grads)
        return stepped(feeds)

    def stepped(feeds):
        with tempfile.TemporaryDirectory() as folder:
            np.savez(os.path.join(folder, "batch.npz"), **batch(job, feeds))
            command = [sys.executable, "-B", program, os.path.abspath(graph), "batch.npz", "1", "1"]
            loss = np.float32(shipped.ran(command, folder).split()[1])
            trained = np.load(os.path.join(folder, "trained.npz"))
            grads = [0 - np.split(trained[f"weight_{scale}"], 2)[1] for scale in range(len(job["wrt"]))]
        return shipped.named(job, loss, [grad.reshape(feeds[n].shape) for grad, n in zip(grads, job["wrt"])])

    return run


serve({"program": load}, f"onnxruntime {onnxruntime.__version__}, numpy {np.__version__}")
