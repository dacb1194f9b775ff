"""Rewrites each graph as other tools do: python rewrite.py FOLDER GRAPH.onnx …, to FOLDER/GRAPH.TOOL.onnx.

A tool that cannot take a graph is told as `NOT REWRITTEN`; what it makes of one must still be the loss.
"""

import os
import random
import sys
from pathlib import Path

import onnx
import onnxoptimizer
import onnxruntime
import onnxscript.optimizer
import onnxsim
import onnxslim
import spox
from onnx import compose, helper, version_converter
from onnxruntime.quantization import quantize_dynamic


def simplified(path, to):
    model, ok = onnxsim.simplify(onnx.load(path))
    assert ok, "onnxsim does not vouch for its result"
    onnx.save(model, to)


def slimmed(path, to):
    onnx.save(onnxslim.slim(onnx.load(path)), to)


def passes(path, to):
    onnx.save(onnxoptimizer.optimize(onnx.load(path)), to)


def folded(path, to):
    onnx.save(onnxscript.optimizer.optimize(onnx.load(path)), to)


def quantized(path, to):
    """A loss has nothing to quantize: its products are told to be left alone, as behind a detector they must be."""
    own = [node.name for node in onnx.load(path).graph.node if node.op_type in ("MatMul", "Gather")]
    quantize_dynamic(path, to, nodes_to_exclude=own)


def merged(path, to):
    """Behind another model, which hands on the coarsest logits."""
    model = onnx.load(path)
    logits = model.graph.input[0]
    raw = onnx.ValueInfoProto()
    raw.CopyFrom(logits)
    raw.name = "raw"
    handed = onnx.ValueInfoProto()
    handed.CopyFrom(logits)
    handed.name = "handed"
    graph = helper.make_graph([helper.make_node("Identity", ["raw"], ["handed"])], "before", [raw], [handed])
    before = helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)
    whole = compose.merge_models(before, model, io_map=[("handed", logits.name)], prefix1="before/")
    renamed = {"before/raw": logits.name}
    onnx.save(with_names(whole, renamed), to)


def with_names(model, names):
    for value in [*model.graph.input, *model.graph.output]:
        value.name = names.get(value.name, value.name)
    for node in model.graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
    return model


def inlined(path, to):
    """As a part of a graph that spox builds."""
    model = onnx.load(path)
    types = {v.name: v.type.tensor_type for v in model.graph.input}

    def argument(kind):
        shape = tuple(d.dim_param or d.dim_value for d in kind.shape.dim)
        return spox.argument(spox.Tensor(helper.tensor_dtype_to_np_dtype(kind.elem_type), shape))

    inputs = {name: argument(kind) for name, kind in types.items()}
    outputs = spox.inline(model)(**inputs)
    built = spox.build(inputs, outputs)
    built.metadata_props.extend(model.metadata_props)
    onnx.save(built, to)


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
    "onnxoptimizer": passes,
    "onnxscript": folded,
    "quantized": quantized,
    "merged": merged,
    "inlined": inlined,
    "ort-basic": offline(levels.ORT_ENABLE_BASIC),
    "ort-extended": offline(levels.ORT_ENABLE_EXTENDED),
    "opset19": converted(19),
    "opset21": converted(21),
    "opset24": converted(24),
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
