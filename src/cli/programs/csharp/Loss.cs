// The loss and its gradient in C#, by the package Microsoft.ML.OnnxRuntime. NOT RUN by the tests of this project: no claim is made.
//
//     yolo-loss export --config my.json --gradients -o loss.onnx
//     dotnet new console && dotnet add package Microsoft.ML.OnnxRuntime
//
// `Of` takes float32 tensors by the names of the inputs of loss.onnx, and gives `loss`, [], and `grad_y_pred_0` …, each of the shape
// of its logits.
using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

public sealed class YoloLoss : IDisposable
{
    private readonly InferenceSession session;
    private readonly string[] wanted;

    public YoloLoss(string path)
    {
        session = new InferenceSession(path);
        wanted = session.OutputMetadata.Keys.Where(name => name == "loss" || name.StartsWith("grad_")).ToArray();
        if (wanted.Length == 1) throw new ArgumentException($"{path} has no gradient: export it with --gradients");
    }

    public Dictionary<string, DenseTensor<float>> Of(IReadOnlyDictionary<string, DenseTensor<float>> tensors)
    {
        var inputs = tensors.Select(pair => NamedOnnxValue.CreateFromTensor(pair.Key, pair.Value)).ToList();
        using var results = session.Run(inputs, wanted);
        return results.ToDictionary(result => result.Name, result => result.AsTensor<float>().ToDenseTensor());
    }

    public void Dispose() => session.Dispose();
}
