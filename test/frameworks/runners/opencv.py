"""OpenCV's own engine for networks: the one named on the command line, new or classic."""

import sys

import cv2
from serve import serve

engines = {"new": cv2.dnn.ENGINE_NEW, "classic": cv2.dnn.ENGINE_CLASSIC}


def load(graph, job, feeds):
    net = cv2.dnn.readNetFromONNX(graph, engines[sys.argv[2]])

    def run(feeds):
        for name, value in feeds.items():
            net.setInput(value, name)
        return dict(zip(job["outputs"], net.forward(job["outputs"])))

    return run


serve({"value": load, "gradient": load}, cv2.__version__)
