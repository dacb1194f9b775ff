"""onnx.checker on the emitted graphs: full check and strict shape inference, data propagation on."""

import sys
from pathlib import Path

import onnx

failed = 0
paths = [Path(p) for p in sys.argv[1:]]
for path in paths:
    try:
        model = onnx.load(path)
        onnx.checker.check_model(model, full_check=True)
        onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    except Exception as error:
        failed += 1
        print(f"FAIL {path.name}: {error}")
print(f"{len(paths) - failed} passed, {failed} failed")
sys.exit(1 if failed or not paths else 0)
