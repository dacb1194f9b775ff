"""Hold what lint says of graphs against what onnxruntime-training and onnx2torch do with them.

    python linted.py FOLDER          FOLDER as make.ts has written it

A graph without findings must be taken and, in training, step once; one with findings must not. Ends with `N passed, N failed`.
"""

import json
import sys
from pathlib import Path
from unittest.mock import MagicMock

import numpy as np
import torch
from onnxruntime import InferenceSession
from ort import quiet, trainer

for name in ("torchvision", "torchvision.ops"):  # of use to converters that no loss needs
    sys.modules[name] = MagicMock()
import onnx2torch  # noqa: E402


def steps(path: Path, data: dict[str, np.ndarray]):
    """One step of training, without a word from the library."""
    _, module, optimizer = trainer(path, path.with_suffix(""))
    with quiet():
        module.train()
        module(*(data[name] for name in module.input_names()))
        optimizer.step()


def gives(path: Path, data: dict[str, np.ndarray]):
    """The loss of what onnx2torch makes of a graph, held to that of onnxruntime."""
    session = InferenceSession(str(path), providers=["CPUExecutionProvider"])
    feeds = {value.name: data[value.name] for value in session.get_inputs()}
    expected = session.run(["loss"], feeds)[0]
    found = onnx2torch.convert(str(path))(*(torch.from_numpy(value) for value in feeds.values()))
    found = (found[0] if isinstance(found, (tuple, list)) else found).detach().numpy()
    if not np.allclose(found, expected, rtol=1e-5):
        raise ValueError(f"{found} for {expected}")


def failure(target: str, path: Path, data: dict[str, np.ndarray]) -> str:
    """Why a target does not take a model; nothing if it does."""
    try:
        gives(path, data) if target == "onnx2torch" else steps(path, data)
    except Exception as error:
        return f"{type(error).__name__}: {' '.join(str(error).split())[-90:]}"
    return ""


# What lint names because of a wrong gradient, which no target complains of.
wrong_but_taken = {"Abs", "Min"}


def main(folder: Path) -> int:
    verdicts = json.loads((folder / "linted" / "verdicts.json").read_text())
    data = dict(np.load(folder / "data.npz"))
    failed = 0
    for file, verdict in verdicts.items():
        why, said = failure(verdict["target"], folder / "linted" / file, data), sorted(set(verdict["findings"]))
        agree = bool(why) == bool(set(said) - wrong_but_taken)
        failed += not agree
        what = f"lint names {', '.join(said)}" if said else "lint names nothing"
        print(f"{'pass' if agree else 'FAIL'}  {file}: {what}; {why or 'taken'}")
    print(f"\n{len(verdicts) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
