"""OpenVINO, CPU. Told to calculate in float32, as it does anyway where the CPU has no bfloat16."""

import openvino as ov
from serve import serve

core = ov.Core()


def load(graph, job, feeds):
    compiled = core.compile_model(core.read_model(graph), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})

    def run(feeds):
        results = compiled(feeds)
        return {name: results[name] for name in job["outputs"]}

    return run


serve({"value": load, "gradient": load}, ov.__version__)
