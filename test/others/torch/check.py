"""Compare the oracle values stored with each fixture with the PyTorch implementation, in float64.

    python check.py FIXTURES GRADIENTS

Every value must agree to 1e-9 relative, or be the same infinity; counts must be equal. Where the loss is finite, the
gradient by autograd must equal the closed forms, and those in GRADIENTS: the oracle's and the float64 graph's. Ends with `N passed, N failed`; exit code 1 if any failed or none was found.
"""

import json
import math
import sys
from pathlib import Path

import torch
from gradient import gradients
from tensor_proto import read_tensor
from torch import Tensor
from yolo_loss import Scale, yolo_loss

RELATIVE = 1e-9
ABSOLUTE_GRADIENT = 1e-12
HEADER = f"{'case':<24}{'loss (oracle)':>24}{'loss (torch)':>24}{'worst':>10}  {'where':<12} verdict"


def deviation(got: float, expected: float) -> float:
    """Relative to the expected value; 0 for identical numbers, infinite for differing non-finite ones."""
    if got == expected or (math.isnan(got) and math.isnan(expected)):
        return 0.0
    if not (math.isfinite(got) and math.isfinite(expected)) or expected == 0:
        return math.inf
    return abs(got - expected) / abs(expected)


def read_inputs(folder: Path, scales: int) -> tuple[list[Tensor], list[Tensor]]:
    """Logits and labels of a fixture, coarsest scale first; the logits take gradients."""
    tensors = [read_tensor(folder / "test_data_set_0" / f"input_{i}.pb") for i in range(2 * scales)]
    return [t.requires_grad_() for t in tensors[:scales]], tensors[scales:]


def named_values(loss: Tensor, scales: list[Scale]) -> dict[str, float]:
    values = {"loss": loss.item()}
    for l, s in enumerate(scales):
        terms = {"xy": s.xy, "wh": s.wh, "conf": s.conf, "class": s.cls}
        values |= {f"{name}_{l}": term.item() for name, term in terms.items()}
        values |= {f"ignore_{l}": s.ignore, f"positives_{l}": s.positives}
    return values


def stored_values(oracle: dict) -> dict[str, float]:
    """The same names; JSON holds numbers that are not finite as strings, which float() reads."""
    names = ("xy", "wh", "conf", "class", "ignore", "positives")
    scales = {f"{name}_{l}": float(scale[name]) for l, scale in enumerate(oracle["scales"]) for name in names}
    return {"loss": float(oracle["loss"]), **scales}


def read_gradients(folder: Path, who: str, scales: int) -> list[Tensor]:
    """Gradients of a fixture by the oracle or the graph, as gradients.ts has written them."""
    return [read_tensor(folder / f"{who}_{l}.pb") for l in range(scales)]


def gradient_error(got: list[Tensor], expected: list[Tensor]) -> float:
    """Largest difference as a multiple of the tolerance."""
    return max(((g - e).abs() / (ABSOLUTE_GRADIENT + RELATIVE * e.abs())).max().item() for g, e in zip(got, expected))


def wrong_gradients(loss: Tensor, logits: list[Tensor], claims: dict[str, list[Tensor]]) -> list[str]:
    """Whose gradient is not that of autograd; nobody's where the loss is not finite, and has none."""
    if not loss.isfinite():
        return []
    got = torch.autograd.grad(loss, logits)
    return [who for who, claim in claims.items() if not gradient_error(got, claim) <= 1]


def check(folder: Path, stored_gradients: Path) -> tuple[str, bool]:
    """The line of a fixture in the table, and whether it passed."""
    case = json.loads((folder / "case.json").read_text())
    config, stored = case["config"], stored_values(case["oracle"])
    masks = config["anchorMask"]
    logits, labels = read_inputs(folder, len(masks))
    loss, scales = yolo_loss(logits, labels, config["anchors"], masks, config["ignoreThreshold"])
    values = named_values(loss, scales)
    deviations = {name: deviation(values[name], expected) for name, expected in stored.items()}
    where = max(deviations, key=deviations.__getitem__)
    exact = all(values[name] == stored[name] for name in stored if name.startswith(("ignore", "positives")))
    claims = {who: read_gradients(stored_gradients / folder.name, who, len(masks)) for who in ("oracle", "graph")}
    wrong = wrong_gradients(loss, logits, claims | {"closed form": gradients(logits, labels, config)})
    passed = exact and not wrong and deviations[where] <= RELATIVE
    verdict = "ok" if passed else f"FAIL (gradient: {', '.join(wrong)})" if wrong else "FAIL"
    numbers = f"{stored['loss']:>24.15g}{values['loss']:>24.15g}{deviations[where]:>10.1e}"
    return f"{folder.name:<24}{numbers}  {where:<12} {verdict}", passed


def main(root: Path, stored_gradients: Path) -> int:
    # Cases from boxes hold the tensors of those from dense labels.
    folders = sorted(path.parent for path in root.glob("*/case.json") if not path.parent.name.endswith("-boxes"))
    print(f"PyTorch {torch.__version__}, float64, {len(folders)} fixtures, tolerance {RELATIVE} relative\n\n{HEADER}")
    verdicts = []
    for folder in folders:
        line, passed = check(folder, stored_gradients)
        print(line)
        verdicts.append(passed)
    print(f"\n{sum(verdicts)} passed, {len(verdicts) - sum(verdicts)} failed")
    return 0 if verdicts and all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
