"""jax_loss.py, as a program of a user imports it, under jit and value_and_grad."""

import jax
import onnxruntime
import shipped
import jax_loss
from serve import serve


def load(graph, job, feeds):
    yolo_loss = jax_loss.loss_of(graph)
    differentiated = jax.jit(jax.value_and_grad(yolo_loss, argnums=tuple(range(len(job["wrt"])))))

    def run(feeds):
        results = shipped.named(job, *differentiated(*(feeds[name] for name in job["inputs"])))
        return shipped.as_typed("jax_loss.py", graph, feeds, results)

    return run


serve({"program": load}, f"onnxruntime {onnxruntime.__version__} in jax {jax.__version__}")
