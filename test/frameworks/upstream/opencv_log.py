"""OpenCV, dnn, new engine: Log(1 + e) is not 0 where the sum is exactly 1 in float32."""

import cv2
import numpy as np
from little import attempt, constant, model, verdict

nodes = [("Exp", ["x"], ["e"], {}), ("Add", ["e", "one"], ["u"], {}), ("Log", ["u"], ["y"], {})]
graph = model(nodes, [("x", "float", [1, 100])], [("y", "float", [1, 100])], [constant("one", np.float32(1))])
x = np.linspace(-30, -18, 100, dtype=np.float32).reshape(1, 100)


def run():
    net = cv2.dnn.readNetFromONNX(np.frombuffer(graph.SerializeToString(), np.uint8))
    net.setInput(x, "x")
    return abs(net.forward()).max()


verdict("opencv", cv2.__version__, np.float32(0), attempt(run), "largest |Log(1)|: ")
