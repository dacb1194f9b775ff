"""A process that runs the loss in PyTorch on request: FOLDER literal|vectorised forward|both eager|compiled
[DEVICE [transfer]]."""

import sys

import torch
import torch_loss
from case import Case
from serve import serve, threads

folder, style, passes, mode = sys.argv[1:5]
device, *extra = sys.argv[5:] or ["cpu"]
transfer = "transfer" in extra
torch.set_num_threads(threads)

case = Case(folder)
scales = [torch_loss.Scale(h, w, a, case.size, case.threshold, device) for (h, w), a in zip(case.grids, case.anchors)]


def read(name, shape):
    return torch.frombuffer(case.floats(name), dtype=torch.float32).view(*shape).to("cpu" if transfer else device)


labels = [read(*one) for one in case.labels()]
logits = [read(*one) for one in case.heads()]
for t in logits:
    t.requires_grad_(passes == "both" and not transfer)
scale_loss = getattr(torch_loss, style)


def loss(logits, labels):
    return sum(scale_loss(t, y, s) for t, y, s in zip(logits, labels, scales)) / case.batch


if mode == "compiled":
    loss = torch.compile(loss)


def feeds():
    """The inputs on the device, their gradients unset."""
    if transfer:
        return [t.to(device).requires_grad_(passes == "both") for t in logits], [y.to(device) for y in labels]
    for t in logits:
        t.grad = None
    return logits, labels


def run():
    """The loss and its gradients, waited for: a GPU is still at work when its calls return."""
    if passes == "forward":
        with torch.inference_mode():
            return loss(*feeds()).item(), []
    leaves, rest = feeds()
    value = loss(leaves, rest)
    value.backward()
    gradients = [t.grad.cpu() if transfer else t.grad for t in leaves]
    if device == "cuda":
        torch.cuda.synchronize()
    return value.item(), gradients


def check(result):
    value, gradients = result
    return [value] if passes == "forward" else [value, sum(g.square().sum() for g in gradients).sqrt().item()]


# Memory is not told apart from what the compiler left, and is not that of another device.
serve(run, check, tells_memory=mode == "eager" and device == "cpu")
