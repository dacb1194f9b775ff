"""OpenVINO, CPU: Abs of a Concat of one-dimensional tensors is done in place, so that other readers see |c|.

c = Concat(a, b); y = Sub(c, Abs(c)). Expected: c - |c|. Got: 0 everywhere, without an error.
"""

import numpy as np
import openvino as ov
from openvino import opset13 as op

a, b = op.parameter([36], np.float32), op.parameter([50], np.float32)
c = op.concat([a, b], axis=0)
compiled = ov.Core().compile_model(ov.Model([op.subtract(c, op.abs(c))], [a, b]), "CPU")
x, y = np.linspace(-3, 3, 36, dtype=np.float32), np.linspace(-5, 5, 50, dtype=np.float32)
got = compiled([x, y])[0]
both = np.concatenate([x, y])
worst = np.abs(got - (both - np.abs(both))).max()
print(f"{'PASS' if worst < 1e-6 else 'FAIL'} openvino {ov.__version__}: off by {worst:.3g}")
