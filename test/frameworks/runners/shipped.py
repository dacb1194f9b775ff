"""What runners of the programs that ship have in common: where they lie, how they are imported, and run by themselves."""

import os
import subprocess
import sys
import tempfile

import numpy as np

folder = os.path.normpath(os.path.join(os.path.dirname(__file__), "../../../src/cli/programs"))
sys.path.insert(0, os.path.join(folder, "python"))
typed = set()


def named(job, loss, grads):
    """Results as the judge wants them, gradients in the order of the logits."""
    return {"loss": loss, **{f"grad_{name}": grad for name, grad in zip(job["wrt"], grads, strict=True)}}


def ran(command, cwd):
    """What a program prints. Raises with its own words."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-500:] or f"exit {done.returncode}")
    return done.stdout


def as_typed(program, graph, feeds, results):
    """The results, after the program printed their loss and norms when it was run as its first lines say: of one case."""
    if program in typed:
        return results
    typed.add(program)
    with tempfile.TemporaryDirectory() as place:
        np.savez(os.path.join(place, "batch.npz"), **feeds)
        command = [sys.executable, "-B", os.path.join(folder, "python", program), os.path.abspath(graph), "batch.npz"]
        lines = [line.split() for line in ran(command, place).splitlines()]
    wanted = {name: float(np.linalg.norm(np.asarray(value, np.float64))) for name, value in results.items()}
    printed = {name: float(number) for name, number in lines}
    if printed.keys() != wanted.keys() or any(abs(printed[n] - w) > 1e-5 * w for n, w in wanted.items()):
        raise RuntimeError(f"{program} printed {printed}, but {wanted} is right")
    return results
