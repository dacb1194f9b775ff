"""What every runner does: read jobs, run each, write what comes out, say so on a line that begins with `@`.

    python RUNNER.py JOBS.json [RUNNER'S OWN WORDS]

A job has `id`, `mode` (value, gradient, derived, jit or jit derived), `graph`, `data` (an archive of inputs), `outputs`
(names in the graph's order), `wrt` (the inputs to derive by) and `out` (where the archive of results goes). What dies
without a word is known by its `began` without an end.
"""

import json
import os
import sys
import time
import traceback

import numpy as np


def say(**words):
    sys.stdout.flush()
    os.write(1, ("\n@" + json.dumps(words) + "\n").encode())


def as_array(value):
    """Whatever a framework calls a tensor, in one of the types that the judge reads."""
    array = np.asarray(value)
    if array.dtype.kind in "iu" and array.dtype != np.int32:
        return array.astype(np.int64)
    return array


def reason(error):
    """The error's own text; where it has none, the place it came from."""
    text = f"{type(error).__name__}: {error}"
    if str(error).strip():
        return text[:4000]
    at = traceback.extract_tb(error.__traceback__)[-1]
    return f"{text} in {os.path.basename(at.filename)}, line {at.lineno}: {at.line}"


def one(modes, job):
    feeds = dict(np.load(job["data"]))
    stage = "load"
    began = time.perf_counter()
    try:
        run = modes[job["mode"]](job["graph"], job, feeds)
        stage = "run"
        results = run({name: feeds[name] for name in job["inputs"]})
        np.savez(job["out"], **{name: as_array(value) for name, value in results.items()})
    except Exception as error:  # whatever a framework throws
        return say(id=job["id"], failed=reason(error), stage=stage)
    return say(id=job["id"], done=round(time.perf_counter() - began, 3))


def serve(modes, version):
    """modes: for each mode a function of graph file, job and feeds that gives a function of the feeds."""
    say(version=version)
    with open(sys.argv[1]) as file:
        jobs = json.load(file)
    for job in jobs:
        say(began=job["id"])
        one(modes, job)
    sys.stdout.flush()
    os._exit(0)  # libraries that crash on their way out have done their work
