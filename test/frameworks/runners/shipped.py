"""What runners of the programs that ship have in common: `program(language)` lets Python import them, from where they lie."""

import os
import sys

folder = os.path.normpath(os.path.join(os.path.dirname(__file__), "../../../src/cli/programs"))
sys.path.insert(0, os.path.join(folder, "python"))


def named(job, loss, grads):
    """Results as the judge wants them, gradients in the order of the logits."""
    return {"loss": loss, **{f"grad_{name}": grad for name, grad in zip(job["wrt"], grads, strict=True)}}
