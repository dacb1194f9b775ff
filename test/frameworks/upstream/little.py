"""What the programs here have in common: a model of a few nodes, made by onnx.helper, and a verdict in one line.

The environment of a runtime need not hold onnx: `npm run test:frameworks:upstream` adds that of another one. Elsewhere,
pip install onnx beside the runtime, and run the program.
"""

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

kinds = {"float": TensorProto.FLOAT, "double": TensorProto.DOUBLE, "int64": TensorProto.INT64, "bool": TensorProto.BOOL}


def value(name, kind, shape):
    return helper.make_tensor_value_info(name, kinds[kind], shape)


def constant(name, array):
    return numpy_helper.from_array(np.asarray(array), name)


def model(nodes, inputs, outputs, constants=(), opset=17):
    """nodes: (operator, inputs, outputs, attributes); inputs and outputs: (name, kind, shape)."""
    made = [helper.make_node(op, given, results, **attributes) for op, given, results, attributes in nodes]
    values = [[value(*one) for one in some] for some in (inputs, outputs)]
    graph = helper.make_graph(made, "least", *values, list(constants))
    whole = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    checker.check_model(whole, full_check=True)
    return whole


def attempt(run):
    """What came of it, or the error's first words."""
    try:
        return run()
    except Exception as error:
        return f"{type(error).__name__}: {' '.join(str(error).split())[-120:]}"


def verdict(runtime, version, expected, got, case=""):
    """Prints PASS or FAIL, the version, what was expected and what came."""
    right = not isinstance(got, str) and np.shape(got) == np.shape(expected) and np.array_equal(got, expected, equal_nan=True)
    shown = got if isinstance(got, str) else np.asarray(got).tolist()
    print(f"{'PASS' if right else 'FAIL'} {runtime} {version}: {case}expected {np.asarray(expected).tolist()}, got {shown}")
