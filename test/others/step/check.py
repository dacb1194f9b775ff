"""Holds a detector's training step to PyTorch: the gradient of every weight, and weights after steps of torch.optim.

    python check.py DETECTOR.onnx FOLDER

FOLDER is what make.ts has written. A gradient is off by the relative L2 norm of its difference to float64; PyTorch's own
float32 is shown beside. An activation whose argument has another sign in float32 changes a gradient by per cents, in PyTorch
as here: with such a flip only the median is held to. Weights after steps are off by a share of the way they went in float64:
at most 1e-5, or half as much again as PyTorch's in float32, for what Adam divides by is nearly nothing in places. Ends with `N passed, N failed`.
"""

import json
import sys
from pathlib import Path

import numpy
import torch
from graph import Detector
from torch import Tensor

sys.path.append(str(Path(__file__).parent.parent / "torch"))
from yolo_loss import yolo_loss  # noqa: E402

Arrays = dict[str, numpy.ndarray]

passed, failed = 0, 0


def check(what: str, good: bool, found: str) -> None:
    global passed, failed
    passed, failed = passed + good, failed + (not good)
    print(f"{'pass' if good else 'FAIL'}  {what}: {found}")


def loss_of(detector: Detector, fed: Arrays, config: dict) -> Tensor:
    labels = [torch.from_numpy(fed[f"y_true_{l}"]).to(detector.dtype) for l in range(len(config["anchorMask"]))]
    channels = len(config["anchorMask"][0]) * labels[0].shape[-1]
    made = detector.heads(torch.from_numpy(fed[detector.graph.input[0].name]))
    heads = [h if h.shape[-1] == channels else h.permute(0, 2, 3, 1) for h in made]
    return yolo_loss(heads, labels, config["anchors"], config["anchorMask"], config["ignoreThreshold"])[0]


def gradients(detector: Detector, fed: Arrays, config: dict) -> dict[str, Tensor]:
    loss_of(detector, fed, config).backward()
    return {name: v.grad.double() for name, v in detector.trained.items()}


def off(a: Tensor, b: Tensor) -> float:
    return float((a - b).norm() / b.norm())


def check_gradients(path: str, fed: Arrays, ours: Arrays, config: dict) -> None:
    names = [name.removeprefix("grad/") for name in ours if name.startswith("grad/")]
    wide, narrow = (Detector(path, dtype, names) for dtype in (torch.float64, torch.float32))
    expected, theirs = gradients(wide, fed, config), gradients(narrow, fed, config)
    flips = [name for (name, a), (_, b) in zip(wide.kinks, narrow.kinks) if bool((a != b).any())]
    mine = {n: off(torch.from_numpy(ours[f"grad/{n}"]).double(), expected[n]) for n in names}
    torch32 = {n: off(theirs[n], expected[n]) for n in names}
    worst, median = max(mine.values()), numpy.median(list(mine.values()))
    beside = f"PyTorch's float32 {max(torch32.values()):.1e} and {numpy.median(list(torch32.values())):.1e}"
    found = f"{worst:.1e}, median {median:.1e} of {len(names)}; {beside}; float32 flips at {len(flips)} activations"
    limit = 1.5 * numpy.median(list(torch32.values()))
    check("gradients", worst <= 1e-5 if not flips else median <= max(limit, 1e-5), found)


OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}


def optimizer_of(options: dict, rate: float, trained: dict[str, Tensor]) -> torch.optim.Optimizer:
    """Weights proper have two axes and more, and decay."""
    weights = [v for v in trained.values() if v.ndim > 1]
    others = [v for v in trained.values() if v.ndim <= 1]
    decay = options.get("weightDecay", 0)
    groups = [{"params": weights, "weight_decay": decay}, {"params": others, "weight_decay": 0}]
    more = {"momentum": 0.9} if options["optimizer"] == "sgd" else {}
    return OPTIMIZERS[options["optimizer"]](groups, lr=rate, **more)


def steps_of(run: dict, detector: Detector, fed: Arrays, config: dict) -> None:
    options, every = run["options"], run["options"].get("accumulate", 1)
    optimizer = optimizer_of(options, run["rate"], detector.trained)
    for step in range(run["steps"]):
        (loss_of(detector, fed, config) / every).backward()
        if (step + 1) % every:
            continue
        if "clipNorm" in options:
            torch.nn.utils.clip_grad_norm_(list(detector.trained.values()), options["clipNorm"])
        optimizer.step()
        optimizer.zero_grad()


def moved(run: dict, path: str, dtype: torch.dtype, trained: list[str], fed: Arrays, config: dict) -> dict[str, Tensor]:
    detector = Detector(path, dtype, trained)
    steps_of(run, detector, fed, config)
    return {name: v.detach().double() for name, v in detector.values.items()}


def check_run(name: str, run: dict, path: str, ours: Arrays, trained: list[str], fed: Arrays, config: dict) -> None:
    wide, narrow = (moved(run, path, dtype, trained, fed, config) for dtype in (torch.float64, torch.float32))
    start = Detector(path, torch.float64, trained).values

    def norm(difference) -> float:
        return float(sum(difference(n).norm() ** 2 for n in ours)) ** 0.5

    way = norm(lambda n: wide[n] - start[n].detach())
    mine = norm(lambda n: torch.from_numpy(ours[n]).double() - wide[n]) / way
    torch32 = norm(lambda n: narrow[n] - wide[n]) / way
    found = f"{mine:.1e} of their way, {len(ours)} arrays; PyTorch's float32 {torch32:.1e}"
    check(f"{name}, {run['steps']} steps", mine <= max(1e-5, 1.5 * torch32), found)


def main() -> None:
    path, folder = sys.argv[1], Path(sys.argv[2])
    config = json.loads((folder / "config.json").read_text())
    read = lambda name: dict(numpy.load(folder / f"{name}.npz"))  # noqa: E731
    fed, ours = read("fed"), read("gradients")
    check_gradients(path, fed, ours, config)
    trained = [name.removeprefix("grad/") for name in ours if name.startswith("grad/")]
    for name, run in config["runs"].items():
        check_run(name, run, path, read(name), trained, fed, config)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


main()
