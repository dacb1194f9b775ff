"""The YOLO v3 loss of keras-yolo3 as plain PyTorch tensor code, differentiable, in the dtype of its inputs.

Written from the formulas alone, as a second opinion on the oracle of `src/reference`: vectorised instead of looped,
cross-entropy from log-sigmoids, overlaps of all cells with all boxes at once.

Letters: B images, h rows, w columns, A anchors of the scale, C classes, K boxes of an image.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid


@dataclass(frozen=True)
class Scale:
    """The terms of one scale; xy, wh, conf and cls are divided by the batch, the counts are not."""

    xy: Tensor
    wh: Tensor
    conf: Tensor
    cls: Tensor
    ignore: int
    positives: int

    @property
    def total(self) -> Tensor:
        return self.xy + self.wh + self.conf + self.cls


def cross_entropy(z: Tensor, t: Tensor) -> Tensor:
    """-z ln s(t) - (1-z) ln (1 - s(t)), element by element, for the logistic function s."""
    return -z * logsigmoid(t) - (1 - z) * logsigmoid(-t)


def cell_grid(h: int, w: int, like: Tensor) -> Tensor:
    """Column and row of each cell, [1, h, w, 1, 2]."""
    rows, columns = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
    return torch.stack([columns, rows], dim=-1).to(like).reshape(1, h, w, 1, 2)


def overlap_ratio(p: Tensor, t: Tensor) -> Tensor:
    """IoU of boxes p [N, 4] with boxes t [K, 4], both as centre and size -> [N, K]."""
    p, t = p[:, None], t[None]
    low = torch.maximum(p[..., :2] - p[..., 2:] / 2, t[..., :2] - t[..., 2:] / 2)
    high = torch.minimum(p[..., :2] + p[..., 2:] / 2, t[..., :2] + t[..., 2:] / 2)
    common = (high - low).clamp(min=0).prod(dim=-1)
    return common / (p[..., 2:].prod(dim=-1) + t[..., 2:].prod(dim=-1) - common)


def decode(t: Tensor, anchors: Tensor, size: Tensor) -> Tensor:
    """Predicted boxes of logits t [B, h, w, A, 5+C] as fractions of the input, [B, h, w, A, 4]."""
    h, w = t.shape[1:3]
    centre = (t[..., :2].sigmoid() + cell_grid(h, w, t)) / t.new_tensor([w, h])
    return torch.cat([centre, t[..., 2:4].exp() * anchors / size], dim=-1)


@torch.no_grad()
def keep_mask(boxes: Tensor, y: Tensor, threshold: float) -> Tensor:
    """1 where the best IoU with the boxes of the same image and scale is below the threshold, [B, h, w, A]."""
    keep = torch.ones(y.shape[:-1], dtype=y.dtype)
    for image, (predicted, labels) in enumerate(zip(boxes, y)):
        true = labels[labels[..., 4] != 0][:, :4]
        if len(true):
            best = overlap_ratio(predicted.reshape(-1, 4), true).amax(dim=1)
            keep[image] = (best < threshold).to(y).reshape(keep[image].shape)
    return keep


def scale_terms(t: Tensor, y: Tensor, anchors: Tensor, size: Tensor, threshold: float) -> Scale:
    """Terms of one scale: logits t [B, h, w, A*(5+C)], labels y [B, h, w, A, 5+C]; anchors [A, 2], size [2] in pixels."""
    batch, h, w = y.shape[:3]
    t = t.reshape(y.shape)
    keep = keep_mask(decode(t, anchors, size), y, threshold)

    o = y[..., 4]
    conf = (o + (1 - o) * keep) * cross_entropy(o, t[..., 4])

    some = o != 0  # selected, not multiplied: the logarithm of an empty label is infinite
    o, t, y = o[some], t[some], y[some]
    grid = y.new_tensor([w, h])
    where = cell_grid(h, w, y).expand(batch, h, w, len(anchors), 2)[some]
    anchor = anchors.expand(batch, h, w, -1, 2)[some]
    weight = (o * (2 - y[:, 2] * y[:, 3]))[:, None]
    xy = weight * cross_entropy(y[:, :2] * grid - where, t[:, :2])
    wh = weight * 0.5 * ((y[:, 2:4] / anchor * size).log() - t[:, 2:4]) ** 2
    cls = o[:, None] * cross_entropy(y[:, 5:], t[:, 5:])

    sums = (term.sum() / batch for term in (xy, wh, conf, cls))
    return Scale(*sums, ignore=int(keep.sum()), positives=int(some.sum()))


def geometry(labels: list[Tensor], anchors: list[tuple[float, float]]) -> tuple[Tensor, Tensor]:
    """Anchor table and width and height of the input, in pixels; the input has 32 times the coarsest grid."""
    _, h, w = labels[0].shape[:3]
    return labels[0].new_tensor(anchors), labels[0].new_tensor([32 * w, 32 * h])


def yolo_loss(
    logits: list[Tensor],
    labels: list[Tensor],
    anchors: list[tuple[float, float]],
    anchor_mask: list[list[int]],
    threshold: float,
) -> tuple[Tensor, list[Scale]]:
    """The loss and its scales, coarsest first."""
    table, size = geometry(labels, anchors)
    scales = [scale_terms(t, y, table[mask], size, threshold) for t, y, mask in zip(logits, labels, anchor_mask)]
    return sum((scale.total for scale in scales), labels[0].new_zeros(())), scales
