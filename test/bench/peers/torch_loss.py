"""The YOLO v3 loss in PyTorch, twice: as the original is written, and as a good engineer writes it for speed."""

import torch
from torch.nn.functional import binary_cross_entropy_with_logits


def cross_entropy(labels, logits):
    return binary_cross_entropy_with_logits(logits, labels, reduction="none")


class Scale:
    """What is constant of one scale: grid, anchors and the input size in pixels."""

    def __init__(self, height, width, anchors, size, threshold, device="cpu"):
        self.anchors = torch.tensor(anchors, device=device)  # [A, 2]
        self.grid = torch.tensor([float(width), float(height)], device=device)
        self.size = torch.tensor([float(s) for s in size], device=device)
        self.threshold = threshold
        columns, rows = (torch.arange(n, device=device).float() for n in (width, height))
        self.cells = torch.stack(torch.meshgrid(columns, rows, indexing="xy"), -1)[:, :, None]  # [h, w, 1, 2]
        dense = (height, width, len(anchors), 2)
        self.flat_cells = self.cells.expand(dense).reshape(-1, 2).T.contiguous()  # [2, h·w·A]
        self.flat_anchors = (self.anchors / self.size).expand(dense).reshape(-1, 2).T.contiguous()


def iou(a_xy, a_wh, b_xy, b_wh):
    overlap = torch.minimum(a_xy + a_wh / 2, b_xy + b_wh / 2) - torch.maximum(a_xy - a_wh / 2, b_xy - b_wh / 2)
    both = overlap.clamp(min=0).prod(-1)
    return both / (a_wh.prod(-1) + b_wh.prod(-1) - both)


def literal(logits, labels, scale):
    """Dense terms for every cell, and a loop over the images for the ignore mask, as keras-yolo3 has it."""
    t = logits.view(labels.shape)
    o = labels[..., 4:5]
    with torch.no_grad():
        xy = (t[..., 0:2].sigmoid() + scale.cells) / scale.grid
        wh = t[..., 2:4].exp() * scale.anchors / scale.size
        keep = torch.ones(o.shape[:-1], device=o.device)
        for image in range(len(labels)):
            true = labels[image, ..., 0:4][labels[image, ..., 4] != 0]  # [k, 4]
            if len(true) > 0:
                best = iou(xy[image][..., None, :], wh[image][..., None, :], true[:, 0:2], true[:, 2:4]).amax(-1)
                keep[image] = (best < scale.threshold).float()
    z_xy = labels[..., 0:2] * scale.grid - scale.cells
    z_wh = (labels[..., 2:4] / scale.anchors * scale.size).log()
    z_wh = torch.where(o != 0, z_wh, 0.0)
    weight = o * (2 - labels[..., 2:3] * labels[..., 3:4])
    entropy = cross_entropy(o, t[..., 4:5])
    return (
        (weight * cross_entropy(z_xy, t[..., 0:2])).sum()
        + (weight * 0.5 * (z_wh - t[..., 2:4]).square()).sum()
        + (o * entropy + (1 - o) * entropy * keep[..., None]).sum()
        + (o * cross_entropy(labels[..., 5:], t[..., 5:])).sum()
    )


def kept(t, labels, at, scale):
    """Whether a cell counts as background, [B, h·w·A]: its predictions against a padded table of true boxes at once."""
    images, cells = len(labels), scale.cells.shape[0] * scale.cells.shape[1] * len(scale.anchors)
    counts = torch.bincount(at[0], minlength=images)
    most = int(counts.max())
    if most == 0:
        return torch.ones(images, cells, dtype=torch.bool, device=t.device)
    slot = torch.arange(len(at[0]), device=t.device) - (counts.cumsum(0) - counts)[at[0]]
    table = torch.zeros(images, most, 4, device=t.device).index_put((at[0], slot), labels[at][:, 0:4])
    table = table[..., None]  # [B, M, 4, 1]
    b = t[..., 0:4].reshape(images, cells, 4).transpose(1, 2).contiguous()[:, None]  # [B, 1, 4, cells]
    xy = (b[:, :, 0:2].sigmoid() + scale.flat_cells) / scale.grid[:, None]
    wh = b[:, :, 2:4].exp() * scale.flat_anchors
    low, high = xy - wh / 2, xy + wh / 2
    left, right = table[:, :, 0:2] - table[:, :, 2:4] / 2, table[:, :, 0:2] + table[:, :, 2:4] / 2
    across, down = (
        torch.minimum(high[:, :, k], right[:, :, k]).sub_(torch.maximum(low[:, :, k], left[:, :, k])).clamp_(min=0)
        for k in (0, 1)
    )  # [B, M, cells]
    # both / (p + t - both) < threshold without a division; a row of padding overlaps nothing and has no area.
    both = across.mul_(down).mul_(1 + scale.threshold).sub_(scale.threshold * table[:, :, 2] * table[:, :, 3])
    return both.amax(1) < scale.threshold * wh[:, 0, 0] * wh[:, 0, 1]


def vectorised(logits, labels, scale):
    """Every image at once, and only the rows with an object in the xy, wh and class terms."""
    t = logits.view(labels.shape)
    at = labels[..., 4].nonzero(as_tuple=True)
    z, p = labels[at], t[at]  # [T, 5 + C]
    with torch.no_grad():
        keep = kept(t, labels, at, scale).view(labels.shape[:-1])
        c = torch.stack([at[2], at[1]], -1).float()
        z_xy = z[:, 0:2] * scale.grid - c
        z_wh = (z[:, 2:4] / scale.anchors[at[3]] * scale.size).log()
        o = z[:, 4]
        weight = (o * (2 - z[:, 2] * z[:, 3]))[:, None]
        background = keep.index_put(at, keep.new_zeros(()))
    entropy = cross_entropy(o, p[:, 4])
    return (
        (weight * cross_entropy(z_xy, p[:, 0:2])).sum()
        + (weight * 0.5 * (z_wh - p[:, 2:4]).square()).sum()
        + (o * entropy + (1 - o) * entropy * keep[at]).sum()
        + torch.where(background, torch.nn.functional.softplus(t[..., 4].contiguous()), 0.0).sum()
        + (o[:, None] * cross_entropy(z[:, 5:], p[:, 5:])).sum()
    )
