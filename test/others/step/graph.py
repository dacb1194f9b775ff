"""Runs an ONNX detector in PyTorch, node by node, so that autograd derives it: a second opinion on its training step."""

from typing import Callable

import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from torch import Tensor

Values = dict[str, Tensor]


def padded(x: Tensor, pads: list[int], value: float = 0.0) -> Tensor:
    """Pads the axes of space, of which ONNX lists the beginnings first."""
    top, left, bottom, right = pads
    return F.pad(x, (left, right, top, bottom), value=value)


def pads_of(a: dict, x: Tensor, kernel: list[int]) -> list[int]:
    if a.get("auto_pad", b"NOTSET") in (b"NOTSET", b"VALID"):
        return a.get("pads", [0, 0, 0, 0])
    strides = a.get("strides", [1, 1])
    total = [max((-(-n // s) - 1) * s + k - n, 0) for n, s, k in zip(x.shape[2:], strides, kernel)]
    less, more = [t // 2 for t in total], [t - t // 2 for t in total]
    return [*less, *more] if a["auto_pad"] == b"SAME_UPPER" else [*more, *less]


def conv(a: dict, x: Tensor, w: Tensor, b: Tensor | None = None) -> Tensor:
    wide = padded(x, pads_of(a, x, list(w.shape[2:])))
    return F.conv2d(wide, w, b, a.get("strides", 1), 0, a.get("dilations", 1), a.get("group", 1))


def max_pool(a: dict, x: Tensor) -> Tensor:
    kernel = a["kernel_shape"]
    return F.max_pool2d(padded(x, pads_of(a, x, kernel), float("-inf")), kernel, a.get("strides", 1))


def pad(a: dict, x: Tensor, pads: Tensor, value: Tensor | None = None) -> Tensor:
    sizes, rank = [int(p) for p in pads], len(pads) // 2
    pairs = [side for axis in reversed(range(rank)) for side in (sizes[axis], sizes[axis + rank])]
    return F.pad(x, pairs, value=0.0 if value is None else float(value))


def sliced(a: dict, x: Tensor, starts: Tensor, ends: Tensor, axes: Tensor, steps: Tensor | None = None) -> Tensor:
    along = torch.ones_like(starts) if steps is None else steps
    for start, end, axis, step in zip(*(v.tolist() for v in (starts, ends, axes, along))):
        places = range(x.shape[axis])[slice(start, end if abs(end) < 2**60 else None, step)]
        x = x.index_select(axis, torch.tensor(list(places)))
    return x


def constant(a: dict) -> Tensor:
    value = next(iter(a.values()))
    return torch.from_numpy(numpy_helper.to_array(value).copy()) if "value" in a else torch.tensor(value)


OPERATORS: dict[str, Callable[..., Tensor]] = {
    "Conv": conv,
    "MaxPool": max_pool,
    "Pad": pad,
    "Slice": sliced,
    "Constant": constant,
    "LeakyRelu": lambda a, x: F.leaky_relu(x, a.get("alpha", 0.01)),
    "Resize": lambda a, x, *_: F.interpolate(x, scale_factor=2, mode="nearest"),
    "Concat": lambda a, *x: torch.cat(x, a["axis"]),
    "Add": lambda a, x, y: x + y,
    "Sub": lambda a, x, y: x - y,
    "Mul": lambda a, x, y: x * y,
    "Identity": lambda a, x: x,
    "Shape": lambda a, x: torch.tensor(x.shape),
    "Gather": lambda a, x, i: x[i] if i.ndim == 0 else x.index_select(a.get("axis", 0), i),
    "Cast": lambda a, x: x.long() if a["to"] == onnx.TensorProto.INT64 else x,
    "ConstantOfShape": lambda a, x: torch.full(x.tolist(), int(numpy_helper.to_array(a["value"])[0])),
    "Reshape": lambda a, x, shape: x.reshape(shape.tolist()),
    "Transpose": lambda a, x: x.permute(a["perm"]),
    "Tile": lambda a, x, repeats: x.repeat(*repeats.tolist()),
    "Unsqueeze": lambda a, x, axes: x.reshape(1) if x.ndim == 0 else x.unsqueeze(int(axes[0])),
}


def batch_norm(a: dict, x: Tensor, scale: Tensor, bias: Tensor, mean: Tensor, variance: Tensor) -> Tensor:
    """By the statistics of the batch; the running ones change in place, as ONNX has them: the variance is the biased one."""
    share = a.get("momentum", 0.9)
    with torch.no_grad():
        mean.mul_(share).add_(x.mean((0, 2, 3)), alpha=1 - share)
        variance.mul_(share).add_(x.var((0, 2, 3), unbiased=False), alpha=1 - share)
    return F.batch_norm(x, None, None, scale, bias, True, 0, a.get("epsilon", 1e-5))


class Detector:
    """The graph of a file, with its initializers in a floating-point type of choice."""

    def __init__(self, path: str, dtype: torch.dtype, trained: list[str]):
        self.graph = onnx.load(path).graph
        self.dtype = dtype
        self.values: Values = {t.name: self.read(t) for t in self.graph.initializer}
        self.trained = {name: self.values[name].requires_grad_() for name in trained}
        self.kinks: list[tuple[str, Tensor]] = []

    def read(self, tensor: onnx.TensorProto) -> Tensor:
        value = torch.from_numpy(numpy_helper.to_array(tensor).copy())
        return value.to(self.dtype) if value.is_floating_point() else value

    def heads(self, image: Tensor) -> list[Tensor]:
        """The outputs, finest scale last; what the activations decide by is kept in `kinks`."""
        values, self.kinks = {**self.values, self.graph.input[0].name: image.to(self.dtype)}, []
        for node in self.graph.node:
            a = {p.name: onnx.helper.get_attribute_value(p) for p in node.attribute}
            x = [values[name] if name else None for name in node.input]
            if node.op_type == "LeakyRelu":
                self.kinks.append((node.output[0], x[0].detach() > 0))
            run = batch_norm if node.op_type == "BatchNormalization" else OPERATORS[node.op_type]
            made = run(a, *x)
            if isinstance(made, Tensor) and made.is_floating_point():
                made = made.to(self.dtype)
            values[node.output[0]] = made
        return sorted((values[o.name] for o in self.graph.output), key=lambda v: v.shape[2])
