"""Hold a run of the program onnx2torch-training.py to the same training with the loss written in PyTorch.

    python check.py FOLDER          FOLDER with the program, detector.py, loss.onnx, boxes.json and batch.npz

The loss of every step and the weights that come of them are the same, and the loss falls. Ends with `N passed, N failed`.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch
from detector import CHANNELS, detector

sys.path.insert(0, str(Path(__file__).parents[1]))
from yolo_loss import yolo_loss  # noqa: E402

STEPS = 20
RATE = 2e-3
TOLERANCE = 1e-3


def program(folder: Path) -> tuple[list[float], dict[str, torch.Tensor]]:
    """Losses that the program prints, and the weights that it leaves."""
    command = [sys.executable, "-W", "ignore", "onnx2torch-training.py", "loss.onnx", "batch.npz", str(STEPS), str(RATE)]
    printed = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout
    losses = [float(line.split()[1]) for line in printed.splitlines()]
    return losses, torch.load(folder / "trained.pt", weights_only=True)


def reference(folder: Path) -> tuple[list[float], dict[str, torch.Tensor]]:
    """The same with the loss of yolo_loss.py."""
    about = json.loads((folder / "boxes.json").read_text())
    batch = {name: torch.from_numpy(array) for name, array in np.load(folder / "batch.npz").items()}
    labels = [batch["y_true_0"], batch["y_true_1"]]
    assert labels[0].shape[3] * labels[0].shape[4] == CHANNELS
    model, losses = detector(), []
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE)
    for _ in range(STEPS):
        logits = [head.permute(0, 2, 3, 1) for head in model(batch["image"])]
        loss, _ = yolo_loss(logits, labels, about["anchors"], about["anchorMask"], about["ignoreThreshold"])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, model.state_dict()


def main(folder: Path) -> int:
    (losses, weights), (wanted, expected) = program(folder), reference(folder)
    begun = detector().state_dict()
    off = max(abs(got - want) / want for got, want in zip(losses, wanted, strict=True))
    ways = [((weights[name] - w).norm() / (w - begun[name]).norm()).item() for name, w in expected.items()]
    checks = {
        f"the loss falls in {STEPS} steps, from {losses[0]:.3f} to {losses[-1]:.3f}": losses[-1] < losses[0] / 2,
        f"its losses are those of a loss written in PyTorch, to {off:.1e}": off <= TOLERANCE,
        f"its {len(ways)} weights are too, to {max(ways):.1e} of their way": max(ways) <= TOLERANCE,
    }
    for what, ok in checks.items():
        print(f"{'pass' if ok else 'FAIL'}  program onnx2torch-training.py: {what}")
    print(f"\n{sum(checks.values())} passed, {len(checks) - sum(checks.values())} failed")
    return 0 if all(checks.values()) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
