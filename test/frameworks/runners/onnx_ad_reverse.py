"""onnx-ad: the derivative of a graph's loss as another graph, run by ONNX Runtime."""

from importlib.metadata import version

import numpy as np
import onnx
import onnxruntime
from onnx_ad.reverse import reverse
from serve import serve


def load(graph, job, feeds):
    model = onnx.load(graph)
    derived = reverse(model, inputs=job["wrt"], outputs=["loss"], layout="onnx")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(derived.SerializeToString(), options, ["CPUExecutionProvider"])
    names = ["loss", *(f"adj_{name}" for name in job["wrt"])]

    def run(feeds):
        seed = np.ones([*session.get_outputs()[0].shape, 1], np.float32)
        loss, *gradients = session.run(names, {**{n: feeds[n] for n in job["inputs"]}, "adj_loss": seed})
        return {"loss": loss, **{f"grad_{n}": g[..., 0] for n, g in zip(job["wrt"], gradients)}}

    return run


serve({"derived": load}, f"{version('onnx-ad')} on onnxruntime {onnxruntime.__version__}")
