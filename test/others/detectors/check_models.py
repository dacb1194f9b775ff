"""Runs onnx.checker (full check, strict shape inference) over every model with a loss in a folder; the last line counts."""

import pathlib
import sys

import onnx

passed = failed = 0
for path in sorted(pathlib.Path(sys.argv[1]).glob("*+loss*.onnx")):
    try:
        onnx.checker.check_model(str(path), full_check=True)
        passed += 1
    except Exception as error:  # the checker raises several kinds
        failed += 1
        print(f"FAIL {path.name}: {str(error).splitlines()[0]}")
print(f"onnx.checker: {passed} passed, {failed} failed")
sys.exit(1 if failed or not passed else 0)
