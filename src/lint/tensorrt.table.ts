import type { Table } from './table.js'

/** Layers of the TensorRT parser. */
export const tensorrt: Table = {
  target: 'tensorrt',
  version: 'TensorRT 10.1',
  source: 'read: onnx-tensorrt 10.1, list of operators; nothing was run',
  upTo: {
    21: `
      Abs Add And ArgMax AveragePool BatchNormalization Cast Clip Concat ConstantOfShape Constant Conv ConvTranspose CumSum
      Div Einsum Equal Exp Expand Floor Gather GatherElements GatherND Gemm GlobalAveragePool Greater GreaterOrEqual
      Identity If LeakyRelu Less LessOrEqual Log MatMul Max MaxPool Min Mod Mul Neg NonZero Not OneHot Pad Pow Range
      ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum Relu Reshape Resize Scan ScatterElements
      ScatterND Shape Sigmoid Slice Softmax Softplus Split Sqrt Squeeze Sub Tanh Tile TopK Transpose Unsqueeze Where`,
  },
  noTypes: 'float64',
  notFor: { bool: 'Equal NonZero ScatterElements ScatterND', int32: 'CumSum NonZero', int64: 'CumSum NonZero' },
  constants: { 1: 'ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum Squeeze Unsqueeze' },
  reasons: {
    Compress: 'it has no layer for it',
    Loop: 'it takes loops of fixed shapes only',
  },
}
