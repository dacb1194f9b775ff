"""Target assignment in NumPy as keras-yolo3 goes about it, written anew from its rules: arrays up to the best anchor of
each box, then loops over images, boxes and scales."""

import numpy as np


def assign(boxes, size, anchors, anchor_mask, classes):
    """`y_true` of each scale from boxes [B, T, 5] in pixels; `size` is height and width.

    What stays float32 and what NumPy makes float64 decides into which cell a centre on a border falls."""
    input_size = np.array(size, np.int32)[::-1]  # width, height
    grids = [np.array(size, np.int32) // (32 >> level) for level in range(len(anchor_mask))]
    centres = (boxes[..., 0:2] + boxes[..., 2:4]) // 2
    sides = boxes[..., 2:4] - boxes[..., 0:2]
    true = np.concatenate([centres / input_size, sides / input_size], -1).astype(np.float32)
    targets = [
        np.zeros((len(boxes), *grid, len(mask), 5 + classes), np.float32) for grid, mask in zip(grids, anchor_mask)
    ]
    for image in range(len(boxes)):
        valid = sides[image][sides[image][:, 0] > 0]
        if len(valid) == 0:
            continue
        # The box is read at its place among the valid ones, not among all.
        for t, best in enumerate(best_anchors(valid, anchors)):
            for target, (h, w), mask in zip(targets, grids, anchor_mask):
                if best not in mask:
                    continue
                row = np.floor(true[image, t, 1] * h).astype(np.int32)
                column = np.floor(true[image, t, 0] * w).astype(np.int32)
                place = mask.index(best)
                target[image, row, column, place, 0:4] = true[image, t]
                target[image, row, column, place, 4] = 1
                target[image, row, column, place, 5 + boxes[image, t, 4].astype(np.int32)] = 1
    return targets


def best_anchors(sides, anchors):
    """For each width and height the first anchor of the highest IoU, both about one centre."""
    anchors = np.array(anchors, np.float64)
    sides = np.expand_dims(sides, -2)
    overlap = np.maximum(np.minimum(sides / 2, anchors / 2) - np.maximum(-sides / 2, -anchors / 2), 0)
    both = overlap[..., 0] * overlap[..., 1]
    return np.argmax(both / (sides[..., 0] * sides[..., 1] + anchors[..., 0] * anchors[..., 1] - both), -1)
