"""JAX through jaxonnxruntime: eagerly, under jit, and differentiated, under jit too."""

from importlib.metadata import version

import jax
import jax.numpy as jnp
import onnx
from jaxonnxruntime import config
from jaxonnxruntime import call_onnx
from serve import serve

# What is folded are the graph's constants, which the importer else wants told one by one.
config.update("jaxort_only_allow_initializers_as_static_args", False)


def imported(graph, job, feeds):
    model = onnx.load(graph)
    call, weights = call_onnx.call_onnx_model(model, {name: jnp.asarray(v) for name, v in feeds.items()})
    return lambda given: call(weights, given)


def value(wrap):
    def load(graph, job, feeds):
        feeds = {name: feeds[name] for name in job["inputs"]}
        call = wrap(imported(graph, job, feeds))
        return lambda feeds: dict(zip(job["outputs"], call({n: jnp.asarray(v) for n, v in feeds.items()})))

    return load


def derived(wrap):
    def load(graph, job, feeds):
        feeds = {name: feeds[name] for name in job["inputs"]}
        call = imported(graph, job, feeds)

        def loss(logits, others):
            return jnp.reshape(call({**logits, **others})[0], ())

        differentiated = wrap(jax.value_and_grad(loss))

        def run(feeds):
            given = {n: jnp.asarray(v) for n, v in feeds.items()}
            logits = {n: given.pop(n) for n in job["wrt"]}
            result, grads = differentiated(logits, given)
            return {"loss": result, **{f"grad_{n}": g for n, g in grads.items()}}

        return run

    return load


def eager(f):
    return f


modes = {"value": value(eager), "gradient": value(eager), "jit": value(jax.jit)}
modes |= {"derived": derived(eager), "jit derived": derived(jax.jit)}
serve(modes, f"{version('jaxonnxruntime')} on jax {jax.__version__}")
