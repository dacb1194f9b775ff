import type { GradientTable } from './table.js'

/** The gradient registry of the last release. */
export const ortTraining: GradientTable = {
  target: 'ort-training',
  version: 'onnxruntime-training 1.19.2',
  source:
    'measured: generate_artifacts of onnxruntime-training-cpu 1.19.2 on a model of one such operator each, opset 17; Resize ' +
    'read: its gradient has a kernel for bilinear on CUDA only',
  gradient: `
    Abs Add AveragePool BatchNormalization Cast Clip Concat Conv ConvTranspose Cos Div Dropout Erf Exp Expand Flatten Gather
    GatherElements GatherND Gemm GlobalAveragePool Identity LeakyRelu Log LogSoftmax MatMul Max MaxPool Min Mul Neg Pad Pow
    Reciprocal ReduceL2 ReduceLogSumExp ReduceMean ReduceSum Relu Reshape ScatterElements ScatterND Sigmoid Sin Slice
    Softmax Split Sqrt Squeeze Sub Tanh Tile TopK Transpose Unsqueeze Where`,
  stop: `
    And ArgMax ArgMin ConstantOfShape Equal Greater GreaterOrEqual IsInf IsNaN Less LessOrEqual NonZero Not OneHot Or Range
    Shape Size Xor`,
  inputs: {
    '0': 'Clip Expand Gather GatherElements GatherND Pad ReduceMean ReduceSum Reshape Slice Split Squeeze Tile TopK Unsqueeze',
    '0 2': 'ScatterElements ScatterND',
    '1 2': 'Where',
  },
  reasons: {
    Resize: 'its gradient runs for bilinear on CUDA only',
  },
}
