"""Target assignment in PyTorch, all boxes of the batch at once. Rows of padding must be the last of their image."""

import torch


class Assignment:
    """What is constant of a network."""

    def __init__(self, size, anchors, anchor_mask, classes):
        self.size = torch.tensor([float(size[1]), float(size[0])])  # width, height
        self.anchors = torch.tensor(anchors, dtype=torch.float64)  # [A, 2]
        self.grids = [[side // (32 >> level) for side in size] for level in range(len(anchor_mask))]
        # Of each scale the place of each anchor among those it predicts, −1 where it does not.
        self.places = [torch.tensor([m.index(a) if a in m else -1 for a in range(len(anchors))]) for m in anchor_mask]
        self.per_cell = [len(mask) for mask in anchor_mask]
        self.depth = 5 + classes

    def best(self, sides):
        """The first anchor of the highest IoU for each box: its area is a float32 product, all else float64."""
        both = torch.minimum(sides.double()[..., None, :], self.anchors).clamp(min=0).prod(-1)
        return (both / (sides.prod(-1).double()[..., None] + self.anchors.prod(-1) - both)).argmax(-1)

    def assign(self, boxes):
        """`y_true` of each scale from boxes [B, T, 5] in pixels."""
        low, high, label = boxes[..., 0:2], boxes[..., 2:4], boxes[..., 4].long()
        sides = high - low
        true = torch.cat([((low + high) / 2).floor() / self.size, sides / self.size, torch.ones_like(low[..., :1])], -1)
        best = self.best(sides)
        return [self.scale(level, true, label, best) for level in range(len(self.grids))]

    def scale(self, level, true, label, best):
        (h, w), per_cell = self.grids[level], self.per_cell[level]
        images, boxes = best.shape
        place = self.places[level][best]
        column, row = (true[..., 0:2].double() * torch.tensor([w, h])).long().unbind(-1)
        cell = ((torch.arange(images)[:, None] * h + row) * w + column) * per_cell + place
        here = (place >= 0) & (true[..., 2] > 0)
        # Of several boxes in one cell the last wins; writing all of them would leave the order to the threads.
        again = (cell[:, :, None] == cell[:, None, :]) & here[:, None, :]
        last = here & ~again.triu(1).any(-1)
        target = torch.zeros(images * h * w * per_cell, self.depth)
        target[:, 0:5][cell[last]] = true[last]
        target[cell[here], 5 + label[here]] = 1
        return target.view(images, h, w, per_cell, self.depth)
