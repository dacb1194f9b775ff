"""Train a detector with the attached loss by onnxruntime-training, and hold the run to what it must reach.

    python ort.py FOLDER          FOLDER as make.ts has written it

For each form of the loss: generate_artifacts accepts the model as it is, with its first output as the loss; the first
step's gradients are those of PyTorch autograd; every layer gets one. The compact one is then trained. Prints the loss curve.
The gradients of heads of many classes are those of our own graph.
Ends with `N passed, N failed`.
"""

import contextlib
import json
import os
import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from onnxruntime.training import api, artifacts

sys.path.insert(0, str(Path(__file__).parents[1] / "torch"))
from yolo_loss import yolo_loss  # noqa: E402

STEPS = 300
RATE = 2e-3
GRADIENT_TOLERANCE = 1e-4
SLOPE = 0.1


@contextlib.contextmanager
def quiet():
    """Without the log that the gradient graph builder writes to stdout and stderr whatever the log level."""
    sys.stdout.flush()
    saved = [os.dup(1), os.dup(2)]
    with open(os.devnull, "w") as nowhere:
        try:
            for fd in (1, 2):
                os.dup2(nowhere.fileno(), fd)
            yield
        finally:
            for fd, copy in zip((1, 2), saved):
                os.dup2(copy, fd)
                os.close(copy)


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def __call__(self, what: str, ok: bool):
        self.passed += ok
        self.failed += not ok
        print(f"{'pass' if ok else 'FAIL'}  {what}")


def parameters(model: onnx.ModelProto) -> dict[str, np.ndarray]:
    """Weights and biases of the detector by name; constants of the loss are none."""
    weights = [t for t in model.graph.initializer if t.name.endswith((".weight", ".bias"))]
    return {t.name: numpy_helper.to_array(t) for t in weights}


def trainer(path: Path, folder: Path):
    """State, module and optimizer from artifacts, made by nothing but generate_artifacts."""
    model = onnx.load(path)
    folder.mkdir(exist_ok=True)
    with quiet():
        artifacts.generate_artifacts(
            model,
            requires_grad=list(parameters(model)),
            optimizer=artifacts.OptimType.AdamW,
            artifact_directory=folder,
        )
        state = api.CheckpointState.load_checkpoint(str(folder / "checkpoint"))
        module = api.Module(str(folder / "training_model.onnx"), state, str(folder / "eval_model.onnx"))
        optimizer = api.Optimizer(str(folder / "optimizer_model.onnx"), module)
    return state, module, optimizer


def autograd(weights: dict[str, np.ndarray], data: dict[str, np.ndarray], about: dict):
    """Loss and gradients of the same detector in PyTorch, float64."""
    tensors = {name: torch.tensor(w, dtype=torch.float64, requires_grad=True) for name, w in weights.items()}

    def conv(x, name: str, stride: int):
        w, b = tensors[f"const/{name}.weight"], tensors[f"const/{name}.bias"]
        return torch.nn.functional.conv2d(x, w, b, stride=stride, padding=w.shape[-1] // 2)

    features = [torch.tensor(data["image"], dtype=torch.float64)]
    for i in range(5):
        features.append(torch.nn.functional.leaky_relu(conv(features[-1], f"stage{i}", 2), SLOPE))
    heads = [conv(features[5], "head0", 1), conv(features[4], "head1", 1)]
    labels = [torch.tensor(data[f"y_true_{l}"], dtype=torch.float64) for l in range(2)]
    logits = [h.permute(0, 2, 3, 1) for h in heads]
    loss, _ = yolo_loss(logits, labels, about["anchors"], about["anchorMask"], about["ignoreThreshold"])
    return loss.item(), dict(zip(tensors, torch.autograd.grad(loss, list(tensors.values()))))


def check_first_step(check: Checks, form: str, folder: Path, data: dict, about: dict):
    """The trainer after one backward pass, whose loss and gradients are compared."""
    path = folder / f"{form}.onnx"
    state, module, optimizer = trainer(path, folder / form)
    check(f"{form}: generate_artifacts takes the model", True)
    inputs = [data[name] for name in module.input_names()]
    module.train()
    outputs = module(*inputs)
    loss, gradients = autograd(parameters(onnx.load(path)), data, about)
    first = float(outputs[0] if isinstance(outputs, (tuple, list)) else outputs)
    check(f"{form}: loss {first:.6f} is that of PyTorch, {loss:.6f}", abs(first - loss) <= 1e-5 * abs(loss))
    worst, silent = 0.0, []
    for name, expected in gradients.items():
        expected = expected.numpy()
        got = np.asarray(state.parameters[name].grad).reshape(expected.shape)
        worst = max(worst, np.abs(got - expected).max() / np.abs(expected).max())
        silent += [] if np.abs(got).max() > 0 else [name]
    check(f"{form}: gradients of {len(gradients)} parameters are autograd's, worst {worst:.1e}", worst <= GRADIENT_TOLERANCE)
    check(f"{form}: no parameter without gradient{': ' + ', '.join(silent) if silent else ''}", not silent)
    return module, optimizer, inputs


def check_wide(check: Checks, folder: Path):
    """Heads of many classes, whose objectness is read in another way than that of few."""
    data = dict(np.load(folder / "wide.npz"))
    state, module, _ = trainer(folder / "wide.onnx", folder / "wide")
    module.train()
    loss = float(np.asarray(module(*(data[name] for name in module.input_names()))).ravel()[0])
    check(f"many classes: loss {loss:.6f} is that of our graph", abs(loss - data["loss"]) <= 1e-5 * abs(loss))
    names = list(parameters(onnx.load(folder / "wide.onnx")))
    errors = []
    for name in names:
        expected = data[name.split("/")[-1]]
        got = np.asarray(state.parameters[name].grad).reshape(expected.shape)
        errors.append(np.abs(got - expected).max() / np.abs(expected).max())
    fine = len(errors) == 2 and all(error <= GRADIENT_TOLERANCE for error in errors)
    check(f"many classes: the gradients are those of our graph, off by {errors}", fine)


def terms(module, inputs, names: list[str], floor: float) -> dict[str, float]:
    """What is left of each term above the least it can be; only xy, of fractional labels, cannot reach 0."""
    module.eval()
    values = dict(zip(names, (float(v) for v in module(*inputs))))
    module.train()
    over = lambda term: sum(v for name, v in values.items() if name.startswith(f"{term}_"))  # noqa: E731
    return {
        "excess": values["loss"] - floor,
        "xy": over("xy") - floor,
        "wh": over("wh"),
        "conf": over("conf"),
        "class": over("class"),
    }


def train(check: Checks, module, optimizer, inputs, names: list[str], floor: float):
    optimizer.set_learning_rate(RATE)
    module.lazy_reset_grad()
    history = []
    header = f"\n{'step':>6}" + "".join(f"{name:>10}" for name in ("excess", "xy", "wh", "conf", "class"))
    print(f"{header}     above the entropy floor of {floor:.3f}")
    for step in range(STEPS + 1):
        if step % 25 == 0:
            history.append(terms(module, inputs, names, floor))
            print(f"{step:>6}" + "".join(f"{value:>10.3f}" for value in history[-1].values()))
        module.train()
        module(*inputs)
        optimizer.step()
        module.lazy_reset_grad()
    print()
    first, last = history[0], history[-1]
    ratio = first["excess"] / last["excess"]
    check(f"the excess fell {ratio:.1f}-fold in {STEPS} steps", ratio >= 5)
    for name in ("xy", "wh", "class"):
        check(f"{name} fell {first[name] / last[name]:.1f}-fold", last[name] <= first[name] / 2)


def main(folder: Path) -> int:
    check = Checks()
    about = json.loads((folder / "about.json").read_text())
    data = dict(np.load(folder / "data.npz"))
    for form in ("static", "static-boxes", "compact-boxes"):
        check_first_step(check, form, folder, data, about)
    trained = check_first_step(check, "compact", folder, data, about)
    names = [output.name for output in onnx.load(folder / "compact" / "eval_model.onnx").graph.output]
    check(f"the first output is the loss: {names[0]}", names[0] == "loss")
    train(check, *trained, names, about["floor"])
    check_wide(check, folder)
    print(f"\n{check.passed} passed, {check.failed} failed")
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
