"""A process that runs the loss in PyTorch on request: FOLDER literal|vectorised forward|both eager|compiled
[DEVICE [transfer]].

Speaks the lines of worker.ts."""

import os
import re
import sys
import time
from pathlib import Path

import torch
import torch_loss

folder, style, passes, mode = Path(sys.argv[1]), *sys.argv[2:5]
device, *extra = sys.argv[5:] or ["cpu"]
transfer = "transfer" in extra
busy = os.environ.get("BENCH_BUSY") == "1"
now = time.process_time_ns if busy else time.perf_counter_ns
torch.set_num_threads(1 if busy else 2)

head, *lines = [[float(word) for word in line.split()] for line in (folder / "case.txt").read_text().splitlines()]
batch, anchors, depth, threshold = int(head[1]), int(head[2]), 5 + int(head[3]), head[4]
size = [32 * lines[0][1], 32 * lines[0][0]]
scales = [
    torch_loss.Scale(int(h), int(w), [a[i : i + 2] for i in range(0, len(a), 2)], size, threshold, device)
    for h, w, *a in lines
]


def read(stem, level, *shape):
    data = bytearray((folder / f"{stem}_{level}.f32").read_bytes())
    return torch.frombuffer(data, dtype=torch.float32).view(*shape).to("cpu" if transfer else device)


def status(key):
    return 1024 * int(re.search(rf"^{key}:\s+(\d+)", Path("/proc/self/status").read_text(), re.M)[1])


grids = [(int(h), int(w)) for h, w, *_ in lines]
labels = [read("y_true", l, batch, h, w, anchors, depth) for l, (h, w) in enumerate(grids)]
logits = [read("y_pred", l, batch, h, w, anchors * depth) for l, (h, w) in enumerate(grids)]
for t in logits:
    t.requires_grad_(passes == "both" and not transfer)
scale_loss = getattr(torch_loss, style)


def loss(logits, labels):
    return sum(scale_loss(t, y, s) for t, y, s in zip(logits, labels, scales)) / batch


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


Path("/proc/self/clear_refs").write_text("5")  # VmHWM starts anew
before = status("VmHWM")


def check(_):
    value, gradients = run()
    return [value] if passes == "forward" else [value, sum(g.square().sum() for g in gradients).sqrt().item()]


def times(n):
    run()
    result = []
    for _ in range(n):
        start = now()
        run()
        result.append(now() - start)
    return result


def memory(_):
    run()
    # Not told apart from what the compiler left, and not that of another device.
    return [status("VmHWM") - before if mode == "eager" and device == "cpu" else -1]


print("ready", flush=True)
commands = {"check": check, "run": times, "memory": memory}
for line in sys.stdin:
    name, *rest = line.split()
    print(*commands[name](int(rest[0]) if rest else 0), flush=True)
