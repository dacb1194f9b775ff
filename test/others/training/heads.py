"""Follow the first steps of heads.ts in PyTorch, float64, with autograd and PyTorch's own optimizers.

    python heads.py FOLDER          FOLDER as heads.ts has written it

After every step each weight must be where PyTorch has it, to 1e-3 of the way it has come. Ends with `N passed, N failed`.
"""

import io
import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[1] / "torch"))
from yolo_loss import yolo_loss  # noqa: E402

TOLERANCE = 1e-3
OPTIMIZERS = {
    "adam": lambda weights, rate: torch.optim.Adam(weights, lr=rate),
    "sgd": lambda weights, rate: torch.optim.SGD(weights, lr=rate, momentum=0.9),
}


def read_arrays(path: Path) -> dict[str, torch.Tensor]:
    with zipfile.ZipFile(path) as archive:
        arrays = {name.removesuffix(".npy"): np.load(io.BytesIO(archive.read(name))) for name in archive.namelist()}
    return {name: torch.tensor(array, dtype=torch.float64) for name, array in arrays.items()}


def head(features: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    """Logits [B, h, w, A*(5+C)] of a 1x1 convolution."""
    return torch.einsum("bihw,oi->bhwo", features, weight) + bias


def follow(name: str, folder: Path, about: dict) -> bool:
    data = read_arrays(folder / f"{name}.npz")
    scales = range(len(about["anchorMask"]))
    start = {key.removesuffix("@0"): value for key, value in data.items() if key.endswith("@0")}
    weights = {key: value.clone().requires_grad_() for key, value in start.items()}
    optimizer = OPTIMIZERS[name](list(weights.values()), data["rate"].item())
    worst = 0.0
    for step in range(1, about["steps"] + 1):
        optimizer.zero_grad()
        logits = [head(data[f"features_{l}"], weights[f"weight_{l}"], weights[f"bias_{l}"]) for l in scales]
        labels = [data[f"y_true_{l}"] for l in scales]
        yolo_loss(logits, labels, about["anchors"], about["anchorMask"], about["ignoreThreshold"])[0].backward()
        optimizer.step()
        for key, expected in weights.items():
            way = (expected.detach() - start[key]).norm()
            worst = max(worst, ((data[f"{key}@{step}"] - expected.detach()).norm() / way).item())
    passed = worst <= TOLERANCE
    what = f"{name}: {len(weights)} weights over {about['steps']} steps are PyTorch's, to {worst:.1e} of their way"
    print(f"{'pass' if passed else 'FAIL'}  {what}")
    return passed


def main(folder: Path) -> int:
    about = json.loads((folder / "about.json").read_text())
    verdicts = [follow(name, folder, about) for name in OPTIMIZERS]
    print(f"\n{sum(verdicts)} passed, {len(verdicts) - sum(verdicts)} failed")
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
