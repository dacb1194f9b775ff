"""A process that makes `y_true` from boxes on request: FOLDER numpy|torch. Its check is how many entries differ from
those of assignTargets."""

import sys

import numpy as np
from case import Case
from serve import serve, threads

folder, means = sys.argv[1:3]
case = Case(folder)
boxes = np.frombuffer(case.floats("boxes"), np.float32).reshape(case.boxes["shape"])
network = (case.boxes["size"], case.boxes["anchors"], case.boxes["anchorMask"], case.classes)


def by_numpy():
    from numpy_assign import assign

    return lambda: assign(boxes, *network)


def by_torch():
    import torch
    from torch_assign import Assignment

    torch.set_num_threads(threads)
    assignment, rows = Assignment(*network), torch.from_numpy(boxes)
    return lambda: assignment.assign(rows)


def check(targets):
    expected = [np.frombuffer(case.floats(name), np.float32).reshape(shape) for name, shape in case.labels()]
    return [sum(int((np.asarray(target) != y).sum()) for target, y in zip(targets, expected, strict=True))]


serve({"numpy": by_numpy, "torch": by_torch}[means](), check)
