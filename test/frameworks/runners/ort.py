"""ONNX Runtime, on the CPU."""

import onnxruntime as ort
from serve import serve


def load(graph, job, feeds):
    options = ort.SessionOptions()
    options.log_severity_level = 4
    session = ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    names = [o.name for o in session.get_outputs()]
    return lambda feeds: dict(zip(names, session.run(None, feeds)))


serve({"value": load, "gradient": load}, ort.__version__)
