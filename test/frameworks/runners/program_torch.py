"""torch_loss.py, as a program of a user imports it, differentiated by autograd."""

import onnxruntime
import shipped
import torch
import torch_loss
from serve import serve


def load(graph, job, feeds):
    yolo_loss = torch_loss.YoloLoss(graph)

    def run(feeds):
        tensors = {name: torch.tensor(feeds[name], requires_grad=name in job["wrt"]) for name in job["inputs"]}
        loss = yolo_loss(*tensors.values())
        loss.backward()
        results = shipped.named(job, loss.detach().numpy(), [tensors[name].grad.numpy() for name in job["wrt"]])
        return shipped.as_typed("torch_loss.py", graph, feeds, results)

    return run


serve({"program": load}, f"onnxruntime {onnxruntime.__version__} in torch {torch.__version__}")
