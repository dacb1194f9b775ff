"""Gradient of the loss in closed form, to be compared with what autograd makes of the loss."""

import torch
from torch import Tensor
from yolo_loss import cell_grid, decode, geometry, keep_mask


def scale_gradient(t: Tensor, y: Tensor, anchors: Tensor, size: Tensor, threshold: float) -> Tensor:
    """dL/dt of one scale, shaped as t [B, h, w, A*(5+C)]; no gradient goes through the ignore mask.

    xy: o s (sigma - z)   wh: o s (t - z)   objectness: (o + (1-o) keep) (sigma - o)   class: o (sigma - y)
    """
    batch, h, w = y.shape[:3]
    flat, t = t.shape, t.reshape(y.shape)
    keep = keep_mask(decode(t, anchors, size), y, threshold)[..., None]
    o, sigma = y[..., 4:5], t.sigmoid()
    scale = o * (2 - y[..., 2:3] * y[..., 3:4])
    offset = y[..., :2] * y.new_tensor([w, h]) - cell_grid(h, w, y)
    # Rows without an object take their own logits as targets, since the logarithm of an empty label is infinite.
    log_size = torch.where(o != 0, (y[..., 2:4] / anchors * size).log(), t[..., 2:4])
    parts = [
        scale * (sigma[..., :2] - offset),
        scale * (t[..., 2:4] - log_size),
        (o + (1 - o) * keep) * (sigma[..., 4:5] - o),
        o * (sigma[..., 5:] - y[..., 5:]),
    ]
    return torch.cat(parts, dim=-1).reshape(flat) / batch


@torch.no_grad()
def gradients(logits: list[Tensor], labels: list[Tensor], config: dict) -> list[Tensor]:
    """dL/dt of every scale, coarsest first."""
    table, size = geometry(labels, config["anchors"])
    scales = zip(logits, labels, config["anchorMask"])
    return [scale_gradient(t, y, table[mask], size, config["ignoreThreshold"]) for t, y, mask in scales]
