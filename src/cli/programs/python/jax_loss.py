"""The loss in JAX: onnxruntime computes it and, in the same run, its gradient; jax.grad and jax.jit take it as a function.

    pip install jax onnxruntime numpy
    yolo-loss export --config my.json --gradients -o loss.onnx
    python jax_loss.py loss.onnx batch.npz

In a program of your own, with this file beside it:

    yolo_loss = loss_of("loss.onnx")
    loss, grads = jax.jit(jax.value_and_grad(yolo_loss, argnums=(0, 1, 2)))(*logits, *labels)

It takes what the graph takes, in that order: the logits of each scale, coarsest first, and the labels; they go through the
memory of the host. By itself the program prints the loss of batch.npz, which holds arrays by the names of those inputs, and the
norm of its gradient by the logits of each scale.
"""

import sys

import jax
import jax.numpy as jnp
import numpy
import onnxruntime


def loss_of(path, **options):
    """A function of the logits and the labels, with a loss [] of their type; `options` go to onnxruntime.InferenceSession."""
    session = onnxruntime.InferenceSession(path, **options)
    names = [given.name for given in session.get_inputs()]
    wanted = ["loss", *(output.name for output in session.get_outputs() if output.name.startswith("grad_"))]
    if len(wanted) == 1:
        raise ValueError(f"{path} has no gradient: export it with --gradients")

    def run(*arrays):
        loss, *grads = session.run(wanted, dict(zip(names, map(numpy.asarray, arrays), strict=True)))
        return numpy.reshape(loss, ()), *grads

    def both(*tensors):
        logits = tensors[: len(wanted) - 1]
        shapes = [jax.ShapeDtypeStruct((), logits[0].dtype), *(jax.ShapeDtypeStruct(t.shape, t.dtype) for t in logits)]
        loss, *grads = jax.pure_callback(run, shapes, *tensors)
        return loss, (grads, tensors[len(grads) :])

    @jax.custom_vjp
    def loss(*tensors):
        return both(*tensors)[0]

    def backward(kept, upstream):
        grads, labels = kept
        return (*(upstream * grad for grad in grads), *map(jnp.zeros_like, labels))

    loss.defvjp(both, backward)
    loss.names, loss.grads = names, wanted[1:]
    return loss


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python jax_loss.py loss.onnx batch.npz")
    yolo_loss, batch = loss_of(sys.argv[1]), numpy.load(sys.argv[2])
    tensors = [jnp.asarray(batch[name]) for name in yolo_loss.names]
    scales = tuple(range(len(yolo_loss.grads)))
    loss, grads = jax.jit(jax.value_and_grad(yolo_loss, argnums=scales))(*tensors)
    print("loss", float(loss))
    for name, grad in zip(yolo_loss.grads, grads):
        print(name, float(jnp.linalg.norm(grad.ravel())))
