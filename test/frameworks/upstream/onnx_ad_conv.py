"""onnx-ad: the derivative of a Conv of stride 2 by its input is wrong for pads that are not the same on both sides, [0, 0, 1, 1].

Such pads are those of Keras' padding="same". Expected: what the Conv is linear in, found by running it on each unit vector.
"""

from importlib.metadata import version

import numpy as np
from little import attempt, model, verdict
from onnxruntime import InferenceSession
from onnx_ad.reverse import reverse

shape = [1, 1, 4, 4]
random = np.random.default_rng(1)
w, seed = (random.integers(1, 9, size).astype(np.float32) for size in ([1, 1, 3, 3], [1, 1, 2, 2, 1]))
units = np.eye(16, dtype=np.float32).reshape(16, *shape)

for pads in ([0, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1]):
    side = (4 + pads[0] + pads[2] - 3) // 2 + 1
    nodes = [("Conv", ["x", "w"], ["y"], {"strides": [2, 2], "pads": pads})]
    graph = model(nodes, [("x", "float", shape), ("w", "float", [1, 1, 3, 3])], [("y", "float", [1, 1, side, side])])
    y_seed = seed[:, :, :side, :side]
    forward = InferenceSession(graph.SerializeToString())
    expected = [(forward.run(None, {"x": x, "w": w})[0] * y_seed[..., 0]).sum() for x in units]

    def run():
        backward = InferenceSession(reverse(graph, inputs=["x"], layout="onnx").SerializeToString())
        return backward.run(["adj_x"], {"x": units[0], "w": w, "adj_y": y_seed})[0].reshape(16)

    verdict("onnx-ad", version("onnx-ad"), np.array(expected), attempt(run), f"pads {pads}: ")
