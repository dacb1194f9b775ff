"""A detector of a Darknet configuration file in PyTorch, with seeded random weights, exported to ONNX.

usage: darknet_torch.py CFG OPSET torchscript|preserve|training|dynamo HEIGHT WIDTH OUT

torchscript folds batch normalisation into the convolutions, preserve keeps it, training leaves it in training mode, with parameters of its own everywhere, for
the exporter shares equal ones.
"""

import sys

import torch
from torch import nn
from torch.nn import functional as F

from darknet_cfg import sections, sources


def convolution(depth, options):
    """A convolutional section: padding as Darknet has it, batch normalisation in place of a bias, leaky or linear."""
    size, stride = int(options["size"]), int(options["stride"])
    normalised = int(options.get("batch_normalize", 0)) == 1
    width = int(options["filters"])
    parts = [nn.Conv2d(depth, width, size, stride, size // 2 if options.get("pad") == "1" else 0, bias=not normalised)]
    if normalised:
        parts.append(nn.BatchNorm2d(width))
    if options["activation"] == "leaky":
        parts.append(nn.LeakyReLU(0.1))
    return nn.Sequential(*parts), width


class Pool(nn.Module):
    """Darknet's max pooling; with stride 1 it keeps the size by looking beyond the right and lower edge."""

    def __init__(self, size, stride):
        super().__init__()
        self.size, self.stride = size, stride

    def forward(self, x):
        if self.stride == 1:
            x = F.pad(x, (0, self.size - 1, 0, self.size - 1), value=-1e30)
        return F.max_pool2d(x, self.size, self.stride)


class Detector(nn.Module):
    """Everything up to the [yolo] sections; the outputs are what these read."""

    def __init__(self, cfg):
        super().__init__()
        self.plan, self.layers = sections(cfg)[1:], nn.ModuleList()
        depths, depth = [], 3
        for kind, options in self.plan:
            layer = nn.Identity()
            if kind == "convolutional":
                layer, depth = convolution(depth, options)
            elif kind == "maxpool":
                layer = Pool(int(options["size"]), int(options["stride"]))
            elif kind == "upsample":
                layer = nn.Upsample(scale_factor=int(options["stride"]), mode="nearest")
            elif kind == "route":
                depth = sum(depths[i] for i in sources(len(depths), options["layers"]))
            self.layers.append(layer)
            depths.append(depth)

    def forward(self, image):
        made, heads, x = [], [], image
        for i, ((kind, options), layer) in enumerate(zip(self.plan, self.layers)):
            if kind == "route":
                parts = [made[j] for j in sources(i, options["layers"])]
                x = parts[0] if len(parts) == 1 else torch.cat(parts, 1)
            elif kind == "shortcut":
                x = x + made[sources(i, options["from"])[0]]
            elif kind == "yolo":
                heads.append(x)
            else:
                x = layer(x)
            made.append(x)
        return tuple(heads)


def spread_norms(model):
    """Gives every batch normalisation parameters and statistics of its own."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.3, 0.3)
            nn.init.uniform_(module.running_mean, -0.1, 0.1)
            nn.init.uniform_(module.running_var, 0.5, 1.5)


def seeded(cfg, exporter, height, width):
    """The detector with the same random weights every time, and an image."""
    torch.manual_seed(7)
    model = Detector(cfg).eval()
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, 0.1)
            # Residual sums of random features grow; a third of the usual spread keeps the logits of a trained model.
            module.weight.data.mul_(0.33 if module.bias is None else 0.2)
    image = torch.rand(2, 3, height, width)
    if exporter in ("preserve", "training"):
        spread_norms(model)
    return model, image


def export(model, image, exporter, opset, out):
    count = sum(kind == "yolo" for kind, _ in model.plan)
    names = ["coarse", "middle", "fine"][:count]
    common = {"input_names": ["image"], "output_names": names, "opset_version": opset}
    if exporter == "dynamo":
        batch = torch.export.Dim("batch")
        torch.onnx.export(model, (image,), out, dynamo=True, dynamic_shapes=({0: batch},), external_data=False, **common)
    else:
        axes = {name: {0: "batch"} for name in ["image", *names]}
        if exporter in ("preserve", "training"):
            model.train(exporter == "training")
            common |= {"training": getattr(torch.onnx.TrainingMode, exporter.upper()), "do_constant_folding": False}
        torch.onnx.export(model, (image,), out, dynamo=False, dynamic_axes=axes, **common)


if __name__ == "__main__":
    cfg, opset, exporter, height, width, out = sys.argv[1:]
    export(*seeded(cfg, exporter, int(height), int(width)), exporter, int(opset), out)
