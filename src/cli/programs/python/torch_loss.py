"""The loss in PyTorch: onnxruntime computes it and, in the same run, its gradient, which autograd goes on from.

    pip install torch onnxruntime numpy
    yolo-loss export --config my.json --layout nchw --gradients -o loss.onnx
    python torch_loss.py loss.onnx batch.npz

In a program of your own, with this file beside it:

    yolo_loss = YoloLoss("loss.onnx")
    yolo_loss(*logits, *labels).backward()

It takes what the graph takes, in that order: the logits of each scale, coarsest first, and the labels, on any device; they go
through the memory of the host. By itself the program prints the loss of batch.npz, which holds arrays by the names of those
inputs, and the norm of its gradient by the logits of each scale.
"""

import sys

import numpy
import onnxruntime
import torch
from torch.autograd.function import once_differentiable


class Evaluated(torch.autograd.Function):
    @staticmethod
    def forward(ctx, run, *tensors):
        loss, *grads = run([tensor.detach().cpu().numpy() for tensor in tensors])
        device = tensors[0].device
        ctx.save_for_backward(*(torch.from_numpy(grad).to(device) for grad in grads))
        ctx.others = len(tensors) - len(grads)
        return torch.as_tensor(loss, device=device).reshape(())

    @staticmethod
    @once_differentiable
    def backward(ctx, upstream):
        return (None, *(upstream * grad for grad in ctx.saved_tensors), *[None] * ctx.others)


class YoloLoss(torch.nn.Module):
    """Of the logits and the labels a loss, float32 []; `options` go to onnxruntime.InferenceSession."""

    def __init__(self, path, **options):
        super().__init__()
        self.session = onnxruntime.InferenceSession(path, **options)
        self.names = [given.name for given in self.session.get_inputs()]
        self.grads = [output.name for output in self.session.get_outputs() if output.name.startswith("grad_")]
        if not self.grads:
            raise ValueError(f"{path} has no gradient: export it with --gradients")

    def run(self, arrays):
        return self.session.run(["loss", *self.grads], dict(zip(self.names, arrays, strict=True)))

    def forward(self, *tensors):
        return Evaluated.apply(self.run, *tensors)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python torch_loss.py loss.onnx batch.npz")
    yolo_loss, batch = YoloLoss(sys.argv[1]), numpy.load(sys.argv[2])
    tensors = [torch.from_numpy(batch[name]).requires_grad_(f"grad_{name}" in yolo_loss.grads) for name in yolo_loss.names]
    loss = yolo_loss(*tensors)
    loss.backward()
    print("loss", loss.item())
    for name, tensor in zip(yolo_loss.names, tensors):
        if tensor.grad is not None:
            print(f"grad_{name}", tensor.grad.norm().item())
