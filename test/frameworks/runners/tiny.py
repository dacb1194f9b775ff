"""tinygrad on the CPU, with its own gradient too."""

from importlib.metadata import version

import numpy as np
from serve import serve
from tinygrad import Tensor, TinyJit
from tinygrad.nn.onnx import OnnxRunner


def tensors(feeds):
    return {name: Tensor(value) for name, value in feeds.items()}


def load(graph, job, feeds):
    runner = OnnxRunner(graph)
    return lambda feeds: {name: value.numpy() for name, value in runner(tensors(feeds)).items()}


def derived(graph, job, feeds):
    runner = OnnxRunner(graph)

    def run(feeds):
        given = tensors(feeds)
        loss = runner(given)["loss"]
        grads = loss.gradient(*(given[name] for name in job["wrt"]))
        return {"loss": loss.numpy(), **{f"grad_{name}": grad.numpy() for name, grad in zip(job["wrt"], grads)}}

    return run


def jit(graph, job, feeds):
    runner = OnnxRunner(graph)
    call = TinyJit(lambda *given: [t.realize() for t in runner(dict(zip(job["inputs"], given))).values()])

    def run(feeds):
        for _ in range(3):  # the third call replays what the second one captured
            given = [Tensor(feeds[name]).realize() for name in job["inputs"]]
            results = [np.array(t.numpy()) for t in call(*given)]
        return dict(zip(job["outputs"], results))

    return run


serve({"value": load, "gradient": load, "derived": derived, "jit": jit}, version("tinygrad"))
