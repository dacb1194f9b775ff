"""Run the original `preprocess_true_boxes` of keras-yolo3 on the cases of a folder.

    python original.py WHEEL FOLDER

The function is cut out of the wheel and run alone, with nothing but NumPy: the wheel is never installed, and what it
needs is not there. Each case is `NAME.npz` (`boxes`: float32 [B,T,5]) with `NAME.json` (`size`, `anchors`,
`anchor_mask`, `classes`, and whether each image is to be run `alone`). It gets `NAME.out.npz`, for each scale `shape_l`
and the places (`index_l`) and bits (`bits_l`) of all numbers that are not +0, and `NAME.out.json`, what happened.
"""

import ast
import hashlib
import json
import sys
import types
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

MEMBER = "xyolo/yolo3/model.py"
NAME = "preprocess_true_boxes"
TEXT_SHA256 = "e7b4a4a618d6dcc30bd5aa12ecdbf8d925f0b4d2fc64031174a95e137aa051c5"
# Of the function in yolo3/model.py of qqwweee/keras-yolo3 at e6598d1. Its text differs by spaces and line breaks, with
# 16fe9a7796d3de396d5730ee2ce9e5e635b05b5eb01e93e0f21f35f193de351a.
ORIGINAL_TREE_SHA256 = "f47e333a391458b5387bf3b0891f9b2e63ad6a7d9b4c864e40735b27efde7a23"
MASKS = {9: [[6, 7, 8], [3, 4, 5], [0, 1, 2]], 6: [[3, 4, 5], [1, 2, 3]]}
BOX_ENTRIES = 5

Function = Callable[..., list[np.ndarray]]


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(node: object) -> str:
    """A syntax tree as text. `ast.dump` will not do: what it tells of empty fields depends on the version of Python."""
    if isinstance(node, ast.AST):
        fields = [(name, value) for name, value in ast.iter_fields(node) if value is not None and value != []]
        return f"{type(node).__name__}({', '.join(f'{name}={canonical(value)}' for name, value in fields)})"
    if isinstance(node, list):
        return f"[{', '.join(map(canonical, node))}]"
    return repr(node)


def function_in(source: str) -> tuple[str, str]:
    """Text of the function, and the hash of its tree without docstring."""
    found = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == NAME]
    if len(found) != 1:
        sys.exit(f"{len(found)} functions {NAME}")
    text = ast.get_source_segment(source, found[0]) or ""
    if ast.get_docstring(found[0]) is not None:
        del found[0].body[0]
    return text, sha256(canonical(found[0]))


def read_function(wheel: Path) -> str:
    """The text of the function, which is the original or nothing."""
    source = zipfile.ZipFile(wheel).read(MEMBER).decode().replace("\r\n", "\n")
    text, tree = function_in(source)
    for what, got, wanted in (("text", sha256(text), TEXT_SHA256), ("tree", tree, ORIGINAL_TREE_SHA256)):
        if got != wanted:
            sys.exit(f"{wheel.name}, {MEMBER}: the {what} of {NAME} has SHA-256 {got}, not {wanted}")
    return text


def made_from(text: str, numpy: object) -> Function:
    scope: dict = {"np": numpy}
    exec(compile(text, MEMBER, "exec"), scope)
    return scope[NAME]


def watching(notes: dict, masks: list[list[int]]) -> object:
    """NumPy, but that notes are taken of writes elsewhere than the box says, and of boxes without a write."""

    class Watched(np.ndarray):
        def __setitem__(self, key, value):
            *place, entry = key
            computed = isinstance(entry, np.integer)
            notes["wrapped"] += any(index < 0 for index in place) or bool(computed and entry < 0)
            notes["foreign"] += bool(computed and 0 <= entry < BOX_ENTRIES)
            super().__setitem__(key, value)

    def zeros(*args, **kwargs):
        return np.zeros(*args, **kwargs).view(Watched)

    def argmax(*args, **kwargs):
        best = np.argmax(*args, **kwargs)
        notes["dropped"] = [t for t, n in enumerate(best) if not any(n in mask for mask in masks)]
        return best

    return types.SimpleNamespace(**{**vars(np), "zeros": zeros, "argmax": argmax})


def outcome(function: Function, *args: object) -> tuple[list[np.ndarray] | None, str | None]:
    try:
        return function(*args), None
    except (AssertionError, IndexError, ValueError, OverflowError) as error:
        return None, type(error).__name__


def sparse(targets: list[np.ndarray]) -> dict[str, np.ndarray]:
    arrays = {}
    for l, target in enumerate(targets):
        bits = np.ascontiguousarray(target, dtype="float32").view("int32").reshape(-1)
        index = np.flatnonzero(bits)
        arrays[f"shape_{l}"] = np.array(target.shape, "int32")
        arrays[f"index_{l}"] = index.astype("int32")
        arrays[f"bits_{l}"] = bits[index]
    return arrays


def run_alone(
    text: str, masks: list[list[int]], boxes: np.ndarray, *args: object
) -> tuple[list[np.ndarray], list[dict]]:
    """Each image by itself, so that one that raises leaves the others; its own targets stay zero."""
    function = made_from(text, np)
    empty = function(np.zeros((1, 1, BOX_ENTRIES), "float32"), *args)
    images, happened = [], []
    for image in boxes:
        notes = {"wrapped": 0, "foreign": 0, "dropped": []}
        targets, raised = outcome(function, image[None], *args)
        outcome(made_from(text, watching(notes, masks)), image[None], *args)
        images.append(targets or empty)
        happened.append({"raised": raised, **notes})
    return [np.concatenate(scale) for scale in zip(*images)], happened


def run_case(text: str, path: Path) -> None:
    case = json.loads(path.with_suffix(".json").read_text())
    if case["anchor_mask"] != MASKS.get(len(case["anchors"])):
        sys.exit(f"{path.stem}: the original cannot have the masks {case['anchor_mask']}")
    # As keras-yolo3 reads its anchors file: float64.
    args = (case["size"], np.array(case["anchors"], "float64"), case["classes"])
    with np.load(path) as arrays, np.errstate(all="ignore"):
        if case["alone"]:
            targets, happened = run_alone(text, case["anchor_mask"], arrays["boxes"], *args)
        else:
            targets, happened = made_from(text, np)(arrays["boxes"], *args), []
    np.savez(path.with_suffix(".out.npz"), **sparse(targets))
    path.with_suffix(".out.json").write_text(json.dumps(happened))


def main() -> None:
    wheel, folder = map(Path, sys.argv[1:])
    text = read_function(wheel)
    for path in sorted(folder.glob("*.npz")):
        run_case(text, path)
    print(f"the original: {NAME} of keras-yolo3, by {wheel.name}")
    print(f"text {TEXT_SHA256}\ntree {ORIGINAL_TREE_SHA256}, that of keras-yolo3 at e6598d1")
    print(f"NumPy {np.__version__}, Python {sys.version.split()[0]}")


if __name__ == "__main__":
    main()
