"""Rewrites each graph as other tools do: python rewrite.py FOLDER GRAPH.onnx …, to FOLDER/GRAPH.TOOL.onnx.

A tool that cannot take a graph is told as `NOT REWRITTEN`; what it makes of one must still be the loss.
"""

import os
import random
import sys
from pathlib import Path

import onnx
import onnxruntime
import onnxsim
import onnxslim
from onnx import version_converter


def simplified(path, to):
    model, ok = onnxsim.simplify(onnx.load(path))
    assert ok, "onnxsim does not vouch for its result"
    onnx.save(model, to)


def slimmed(path, to):
    onnx.save(onnxslim.slim(onnx.load(path)), to)


def offline(level):
    def rewrite(path, to):
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = level
        options.optimized_model_filepath = str(to)
        options.log_severity_level = 3
        onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    return rewrite


def converted(opset):
    def rewrite(path, to):
        onnx.save(version_converter.convert_version(onnx.load(path), opset), to)

    return rewrite


def shuffled(path, to):
    """Every inner value and node under another name, the nodes in another order that keeps what each one needs."""
    model = onnx.load(path)
    graph = model.graph
    kept = {v.name for v in [*graph.input, *graph.output]}
    names = {}

    def other(name):
        if name == "" or name in kept:
            return name
        return names.setdefault(name, f"v{len(names)}")

    def rename(nodes):
        for i, node in enumerate(nodes):
            node.name = f"n{len(names)}_{i}"
            node.input[:] = [other(n) for n in node.input]
            node.output[:] = [other(n) for n in node.output]
            for attribute in node.attribute:
                if attribute.HasField("g"):
                    for value in [*attribute.g.input, *attribute.g.output, *attribute.g.initializer]:
                        value.name = other(value.name)
                    rename(attribute.g.node)

    for tensor in graph.initializer:
        tensor.name = other(tensor.name)
    rename(graph.node)
    del graph.value_info[:]
    reorder(graph)
    onnx.save(model, to)


def needs(node):
    found = set(node.input)
    for attribute in node.attribute:
        if attribute.HasField("g"):
            for inner in attribute.g.node:
                found |= needs(inner)
    return found


def reorder(graph):
    rest, done = list(graph.node), {t.name for t in graph.initializer} | {v.name for v in graph.input} | {""}
    made = {name for node in rest for name in node.output}
    order, chance = [], random.Random(1)
    while rest:
        ready = [n for n in rest if all(name in done or name not in made for name in needs(n))]
        node = chance.choice(ready)
        rest.remove(node)
        order.append(node)
        done |= set(node.output)
    del graph.node[:]
    graph.node.extend(order)


levels = onnxruntime.GraphOptimizationLevel
tools = {
    "onnxsim": simplified,
    "onnxslim": slimmed,
    "ort-basic": offline(levels.ORT_ENABLE_BASIC),
    "ort-extended": offline(levels.ORT_ENABLE_EXTENDED),
    "opset19": converted(19),
    "opset21": converted(21),
    "shuffled": shuffled,
}

folder = Path(sys.argv[1])
for file in sys.argv[2:]:
    for name, rewrite in tools.items():
        to = folder / f"{Path(file).stem}.{name}.onnx"
        try:
            rewrite(file, to)
        except Exception as error:  # whatever the tool throws
            print(f"NOT REWRITTEN {to.name}: {str(error).splitlines()[0][:200]}", flush=True)
            if to.exists():
                os.remove(to)
