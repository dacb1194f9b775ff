"""TensorRT: the graph parsed by its ONNX parser; run only where there is a GPU."""

import tensorrt as trt
from serve import serve

logger = trt.Logger(trt.Logger.ERROR)


def load(graph, job, feeds):
    network = trt.Builder(logger).create_network(0)
    parser = trt.OnnxParser(network, logger)
    if not parser.parse_from_file(graph):
        raise RuntimeError("; ".join(str(parser.get_error(i)) for i in range(parser.num_errors)))
    raise RuntimeError("parsed, but there is no GPU to run it on")


serve({"value": load, "gradient": load}, trt.__version__)
