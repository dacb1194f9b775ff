"""OpenCV, dnn, new engine: a sum over all axes without keepdims cannot be compared with a number.

Assertion failed: buf.shape() == m.shape() in function 'forwardGraph'.
"""

import cv2
import numpy as np
from little import attempt, constant, model, verdict

nodes = [("ReduceSum", ["x", "axes"], ["s"], {"keepdims": 0}), ("Equal", ["s", "zero"], ["y"], {})]
constants = [constant("axes", [0, 1]), constant("zero", np.float32(0))]
graph = model(nodes, [("x", "float", [1, 3])], [("y", "bool", [])], constants)


def run():
    net = cv2.dnn.readNetFromONNX(np.frombuffer(graph.SerializeToString(), np.uint8))
    net.setInput(np.zeros((1, 3), np.float32), "x")
    return np.reshape(net.forward(), ())


verdict("opencv", cv2.__version__, np.bool_(True), attempt(run))
