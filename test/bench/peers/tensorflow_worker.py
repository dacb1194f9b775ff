"""A process that runs the loss in TensorFlow on request: FOLDER forward|both."""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf
from case import Case
from serve import serve, threads
from tensorflow_loss import scale_loss

folder, passes = sys.argv[1:3]
tf.config.threading.set_intra_op_parallelism_threads(threads)
tf.config.threading.set_inter_op_parallelism_threads(threads)
case = Case(folder)


def read(name, shape):
    return tf.constant(np.frombuffer(case.floats(name), np.float32).reshape(shape))


logits = [read(*one) for one in case.heads()]
labels = [read(*one) for one in case.labels()]


def loss(logits, labels):
    scales = zip(logits, labels, case.anchors)
    return sum(scale_loss(t, y, a, case.size, case.threshold) for t, y, a in scales) / case.batch


@tf.function
def forward(logits, labels):
    return loss(logits, labels), []


@tf.function
def both(logits, labels):
    with tf.GradientTape() as tape:
        tape.watch(logits)
        value = loss(logits, labels)
    return value, tape.gradient(value, logits)


compiled = forward if passes == "forward" else both


def run():
    value, gradients = compiled(logits, labels)
    return value.numpy(), gradients


def check(result):
    value, gradients = result
    return [value] if passes == "forward" else [value, tf.linalg.global_norm(gradients).numpy()]


# Memory is not told apart from what tracing left.
serve(run, check, tells_memory=False)
