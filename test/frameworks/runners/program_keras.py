"""keras_loss.py, as a program of a user imports it: tape, or as the loss of a model that is fitted, added or compiled.

    python program_keras.py JOBS.json tape|added|compiled
"""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import shipped  # noqa: E402
import keras_loss  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402
import tensorflow as tf  # noqa: E402
from serve import serve  # noqa: E402

way = sys.argv[2]


class Shift(keras.layers.Layer):
    """Adds a weight that begins at zero: a step of SGD at rate 1 makes of it the negative gradient, exactly."""

    def build(self, shape):
        self.shift = self.add_weight(shape=shape, initializer="zeros")

    def call(self, logits):
        return logits + self.shift


def taped(graph, job, feeds):
    yolo_loss = keras_loss.loss_of(graph)

    @tf.function
    def differentiated(*tensors):
        logits = tensors[: len(job["wrt"])]
        with tf.GradientTape() as tape:
            tape.watch(logits)
            loss = yolo_loss(*tensors)
        return loss, tape.gradient(loss, logits)

    def run(feeds):
        results = shipped.named(job, *differentiated(*(tf.constant(feeds[name]) for name in job["inputs"])))
        return shipped.as_typed("keras_loss.py", graph, feeds, results)

    return run


def fitted(graph, job, feeds):
    arrays = [feeds[name] for name in job["inputs"]]
    given = [keras.Input(batch_shape=array.shape) for array in arrays]
    shifts = [Shift() for _ in job["wrt"]]
    logits = [shift(one) for shift, one in zip(shifts, given)]
    added = way == "added"
    value = keras_loss.YoloLoss(graph, added=added)([*logits, *given[len(logits) :]])
    model = keras.Model(given, value)
    model.compile(keras.optimizers.SGD(1.0), loss=None if added else lambda _, value: value)
    size = len(arrays[0])

    def run(feeds):
        told = model.fit(arrays, None if added else np.zeros(size), batch_size=size, shuffle=False, verbose=0)
        return shipped.named(job, told.history["loss"][0], [0 - shift.shift.numpy() for shift in shifts])

    return run


serve(
    {"program": taped if way == "tape" else fitted},
    f"onnxruntime {onnxruntime.__version__} in keras {keras.__version__}, tensorflow {tf.__version__}",
)
