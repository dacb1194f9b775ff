"""PyTorch through onnx2torch: as a module, differentiated by autograd, and under torch.compile."""

import sys
from importlib.metadata import version
from unittest.mock import MagicMock

# Serves two operators of detectors' tails, and does not fit every build of PyTorch.
for name in ("torchvision", "torchvision.ops"):
    sys.modules[name] = MagicMock()

import onnx2torch  # noqa: E402
import torch  # noqa: E402
from serve import serve  # noqa: E402


def given(feeds, job, grad=False):
    wanted = set(job["wrt"]) if grad else set()
    return [torch.tensor(feeds[n], requires_grad=n in wanted) for n in job["inputs"]]


def named(job, results):
    results = [results] if isinstance(results, torch.Tensor) else results
    return {name: value.detach().numpy() for name, value in zip(job["outputs"], results)}


def value(wrap):
    def load(graph, job, feeds):
        module = wrap(onnx2torch.convert(graph))
        return lambda feeds: named(job, module(*given(feeds, job)))

    return load


def derived(wrap):
    def load(graph, job, feeds):
        module = wrap(onnx2torch.convert(graph))

        def run(feeds):
            inputs = given(feeds, job, grad=True)
            results = module(*inputs)
            loss = results if isinstance(results, torch.Tensor) else results[0]
            loss.backward(torch.ones_like(loss))
            by_name = dict(zip(job["inputs"], inputs))
            return {"loss": loss.detach().numpy(), **{f"grad_{n}": by_name[n].grad.numpy() for n in job["wrt"]}}

        return run

    return load


def eager(module):
    return module


def compiled(module):
    torch._dynamo.reset()
    return torch.compile(module)


modes = {"value": value(eager), "gradient": value(eager), "jit": value(compiled)}
modes |= {"derived": derived(eager), "jit derived": derived(compiled)}
serve(modes, f"{version('onnx2torch')} on torch {torch.__version__}")
