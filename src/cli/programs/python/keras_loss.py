"""The loss in Keras 3 over TensorFlow: onnxruntime computes it and, in the same run, its gradient.

    pip install keras tensorflow onnxruntime numpy
    yolo-loss export --config my.json --gradients -o loss.onnx
    python keras_loss.py loss.onnx batch.npz

In a program of your own, with this file beside it, as keras-yolo3 trains: the labels are inputs of the model.

    value = YoloLoss("loss.onnx")([*detector.output, *labels])
    model = keras.Model([detector.input, *labels], value)
    model.compile(optimizer="adam")
    model.fit([images, *y_true], batch_size=8)

It takes what the graph takes, in that order: the logits of each scale, coarsest first, and the labels. `loss_of` is the same for
loops over a tf.GradientTape. By itself the program prints the loss of batch.npz, which holds arrays by the names of those inputs,
and the norm of its gradient by the logits of each scale.
"""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras  # noqa: E402
import numpy  # noqa: E402
import onnxruntime  # noqa: E402
import tensorflow as tf  # noqa: E402


def loss_of(path, **options):
    """A function of the logits and the labels, with a loss [] of their type; `options` go to onnxruntime.InferenceSession."""
    session = onnxruntime.InferenceSession(path, **options)
    names = [given.name for given in session.get_inputs()]
    wanted = ["loss", *(output.name for output in session.get_outputs() if output.name.startswith("grad_"))]
    if len(wanted) == 1:
        raise ValueError(f"{path} has no gradient: export it with --gradients")

    def run(*arrays):
        loss, *grads = session.run(wanted, dict(zip(names, arrays, strict=True)))
        return numpy.reshape(loss, ()), *grads

    @tf.custom_gradient
    def loss(*tensors):
        logits = tensors[: len(wanted) - 1]
        value, *grads = tf.numpy_function(run, tensors, [logits[0].dtype, *(t.dtype for t in logits)])
        value.set_shape(())
        for grad, tensor in zip(grads, logits):
            grad.set_shape(tensor.shape)
        return value, lambda upstream: (*(upstream * grad for grad in grads), *[None] * (len(tensors) - len(grads)))

    loss.names, loss.grads = names, wanted[1:]
    return loss


class YoloLoss(keras.layers.Layer):
    """Adds the loss to that of the model, and gives it as its output, []; with added=False the output alone, for a
    model.compile(loss=lambda _, value: value)."""

    def __init__(self, path, added=True, **options):
        super().__init__(name="yolo_loss")
        self.loss_of_inputs, self.added = loss_of(path, **options), added
        self.supports_jit = False  # XLA does not call Python

    def call(self, tensors):
        value = self.loss_of_inputs(*tensors)
        if self.added:
            self.add_loss(value)
        return value


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python keras_loss.py loss.onnx batch.npz")
    yolo_loss, batch = loss_of(sys.argv[1]), numpy.load(sys.argv[2])
    tensors = [tf.constant(batch[name]) for name in yolo_loss.names]
    logits = tensors[: len(yolo_loss.grads)]
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = yolo_loss(*tensors)
    print("loss", float(loss))
    for name, grad in zip(yolo_loss.grads, tape.gradient(loss, logits)):
        print(name, float(tf.norm(grad)))
