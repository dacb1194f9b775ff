"""Trains a detector and its attached loss by onnxruntime-training 1.19.2, with AdamW.

    yolo-loss attach detector.onnx --config my.json --for ort-training --only-loss -o trainable.onnx > plan.json
    python ort-training.py trainable.onnx plan.json batch.npz [STEPS] [RATE]
    yolo-loss detach trained.onnx -o detector.onnx

batch.npz holds the detector's input and the labels, by the names of the inputs of trainable.onnx. trained.onnx is that model
with the weights that came of it.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy
import onnx
from onnxruntime.training import api, artifacts

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("model", help="what attach --for ort-training --only-loss wrote")
parser.add_argument("plan", help="what it printed: requires_grad and frozen_params")
parser.add_argument("batch", help="arrays of the model's inputs")
parser.add_argument("steps", nargs="?", type=int, default=100)
parser.add_argument("rate", nargs="?", type=float, default=0.001)
asked = parser.parse_args()
if Path("trained.onnx").exists():
    parser.error("trained.onnx is there already: move it away")

model = onnx.load(asked.model)
plan = json.loads(Path(asked.plan).read_text())
batch = dict(numpy.load(asked.batch))
with tempfile.TemporaryDirectory() as folder:
    artifacts.generate_artifacts(
        model,
        requires_grad=plan["requires_grad"],
        frozen_params=plan["frozen_params"],
        optimizer=artifacts.OptimType.AdamW,
        artifact_directory=folder,
    )
    state = api.CheckpointState.load_checkpoint(f"{folder}/checkpoint")
    module = api.Module(f"{folder}/training_model.onnx", state, f"{folder}/eval_model.onnx")
    optimizer = api.Optimizer(f"{folder}/optimizer_model.onnx", module)

missing = [name for name in module.input_names() if name not in batch]
if missing:
    parser.error(f"{asked.batch} has no array {', '.join(missing)}: it holds {', '.join(batch)}")
inputs = [batch[name] for name in module.input_names()]
optimizer.set_learning_rate(asked.rate)
module.train()
for step in range(asked.steps):
    outputs = module(*inputs)
    loss = outputs[0] if isinstance(outputs, (list, tuple)) else outputs  # with --components it is the first of several
    print(step, float(loss), flush=True)
    optimizer.step()
    module.lazy_reset_grad()

trained = onnx.load(asked.model)  # generate_artifacts may change the one it was given
for tensor in trained.graph.initializer:
    if tensor.name in plan["requires_grad"]:
        values = numpy.asarray(state.parameters[tensor.name].data, dtype=numpy.float32).reshape(tensor.dims)
        tensor.CopyFrom(onnx.numpy_helper.from_array(values, tensor.name))
onnx.save(trained, "trained.onnx")
