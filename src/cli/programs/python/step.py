"""Trains with a step of `yolo-loss attach --train`, by onnxruntime: python step.py step.onnx step.npz batch.npz [STEPS] [RATE]

batch.npz holds the detector's input and the labels, by the names of the inputs of step.onnx. What was trained goes into
trained.npz; `yolo-loss detach step.onnx --weights trained.npz -o trained.onnx` gives the detector back.
"""

import os
import sys

import numpy
import onnxruntime

given = sys.argv[1:]
if not 3 <= len(given) <= 5:
    sys.exit("usage: python step.py step.onnx step.npz batch.npz [STEPS] [RATE]")
model, begin, data, steps, rate = given + ["100", "0.001"][len(given) - 3 :]
if os.path.exists("trained.npz"):
    sys.exit("trained.npz is there already: move it away")
session = onnxruntime.InferenceSession(model)
names = [output.name for output in session.get_outputs()]
batch = {**numpy.load(data), "rate": numpy.array(rate, dtype=numpy.float32)}
values = dict(numpy.load(begin))
for step in range(int(steps)):
    out = dict(zip(names, session.run(names, {**values, **batch})))
    values = {name: out[f"next_{name}"] for name in values}
    print(step, out["loss"])
numpy.savez("trained.npz", **values)
