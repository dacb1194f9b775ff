"""TensorFlow through onnx2tf: as a Keras model, differentiated by its tape, and compiled by XLA."""

import os
import tempfile
from importlib.metadata import version

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

from unittest.mock import MagicMock  # noqa: E402

import onnx2tf  # noqa: E402
import tensorflow as tf  # noqa: E402
from serve import serve  # noqa: E402

# The Keras model is what is run: the files for phones that are made of it besides take half of the time.
tf.lite.TFLiteConverter = MagicMock()
tf.lite.TFLiteConverter.from_concrete_functions.return_value.convert.return_value = b""

folder = tempfile.mkdtemp()
models = {}


def converted(graph, job):
    """Each graph once, which takes most of the time; without a change of layout: our axes are no images."""
    with open(graph, "rb") as file:
        content = file.read()
    if content not in models:
        models[content] = convert(graph, job)
    return models[content]


def convert(graph, job):
    words = {"keep_shape_absolutely_input_names": job["inputs"], "not_use_onnxsim": True}
    return onnx2tf.convert(graph, output_folder_path=folder, non_verbose=True, verbosity="error", **words)


def tensors(feeds, job):
    return [tf.constant(feeds[name]) for name in job["inputs"]]


def caller(graph, job):
    """The model with its inputs in the graph's order, whatever order it has given them."""
    model = converted(graph, job)
    order = [job["inputs"].index(t.name.split(":")[0]) for t in model.inputs]

    def call(given):
        results = model([given[i] for i in order])
        return list(results) if isinstance(results, (list, tuple)) else [results]

    return call


def value(wrap):
    def load(graph, job, feeds):
        call = wrap(caller(graph, job))
        return lambda feeds: {n: v.numpy() for n, v in zip(job["outputs"], call(tensors(feeds, job)))}

    return load


def derived(wrap):
    def load(graph, job, feeds):
        call = caller(graph, job)

        def differentiated(given):
            logits = [given[job["inputs"].index(name)] for name in job["wrt"]]
            with tf.GradientTape() as tape:
                tape.watch(logits)
                loss = tf.reshape(call(given)[0], [])
            return [loss, *tape.gradient(loss, logits)]

        run = wrap(differentiated)
        names = ["loss", *(f"grad_{name}" for name in job["wrt"])]
        return lambda feeds: {n: v.numpy() for n, v in zip(names, run(tensors(feeds, job)))}

    return load


def eager(f):
    return f


def xla(f):
    return tf.function(f, jit_compile=True)


serve(
    {"value": value(eager), "gradient": value(eager), "derived": derived(eager), "jit": value(xla), "jit derived": derived(xla)},
    f"{version('onnx2tf')} on tensorflow {tf.__version__}",
)
