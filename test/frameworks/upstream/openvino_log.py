"""OpenVINO, CPU: Log(1 + e) with a tiny e, in one kernel with what is before it, gives 1e-6 where u is exactly 1.

Expected: Log(1) = 0, and near 1 a few units in the last place of the result.
"""

import numpy as np
import openvino as ov
from openvino import opset13 as op

x = np.linspace(-30, -8, 10647).astype(np.float32)
a = op.parameter([x.size], np.float32)
u = op.add(op.exp(a), np.float32(1))
compiled = ov.Core().compile_model(ov.Model([op.log(u), u], [a]), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
got, sums = (compiled([x])[i] for i in range(2))
worst = np.abs(got - np.log(sums.astype(np.float64))).max()
print(f"{'PASS' if worst < 1e-9 else 'FAIL'} openvino {ov.__version__}: absolute error {worst:.3g}")
