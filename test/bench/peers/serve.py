"""What the workers of this folder have in common: they answer the lines of worker.ts."""

import os
import re
import sys
import time
from pathlib import Path

busy = os.environ.get("BENCH_BUSY") == "1"
threads = 1 if busy else 2
now = time.process_time_ns if busy else time.perf_counter_ns


def status(key):
    return 1024 * int(re.search(rf"^{key}:\s+(\d+)", Path("/proc/self/status").read_text(), re.M)[1])


def serve(run, check, tells_memory=True):
    """Answers until stdin ends: `run` is what is timed, `check` makes the numbers of its result."""
    Path("/proc/self/clear_refs").write_text("5")  # VmHWM starts anew
    before = status("VmHWM")

    def memory(_):
        run()
        return [status("VmHWM") - before if tells_memory else -1]

    def times(n):
        run()
        result = []
        for _ in range(n):
            start = now()
            run()
            result.append(now() - start)
        return result

    commands = {"check": lambda _: check(run()), "run": times, "memory": memory}
    print("ready", flush=True)
    for line in sys.stdin:
        name, *rest = line.split()
        print(*commands[name](int(rest[0]) if rest else 0), flush=True)
