import type { Table } from './table.js'

/** Kernels of the WebGPU provider; a node without one runs on the CPU, and its data are copied. */
export const webgpu: Table = {
  target: 'webgpu',
  version: 'onnxruntime-node 1.30.0',
  source:
    'measured on onnxruntime-node 1.30.0, WebGPU over a software Vulkan driver, CPU fallback forbidden, opsets 13 to 25; ' +
    'read for the operators of detectors (Pad, Conv, pooling)',
  upTo: {
    22: 'If',
    24: 'Shape Squeeze Transpose',
    25: `
      Abs Add And ArgMax AveragePool BatchNormalization Cast Clip Concat Conv ConvTranspose CumSum Div Einsum Equal Exp Expand
      Floor Gather GatherElements GatherND Gemm GlobalAveragePool Greater GreaterOrEqual Identity LeakyRelu Less
      LessOrEqual Log MatMul Max MaxPool Min Mul Neg Not Pad Pow Range ReduceLogSumExp ReduceMax ReduceMean ReduceMin
      ReduceProd ReduceSum Relu Reshape Resize ScatterElements ScatterND Sigmoid Slice Softmax Split Sqrt Sub Tanh Tile
      TopK Unsqueeze Where`,
  },
  noTypes: 'float64',
  notFor: {
    bool: `
      Concat Equal GatherElements GatherND Identity ScatterElements ScatterND Slice Split Squeeze Tile Transpose`,
    int64: `
      Add ArgMax Cast Concat CumSum Div Equal Expand Gather GatherElements GatherND Greater Identity Less MatMul Max Min Mul
      Range ReduceMax ReduceSum Reshape ScatterElements ScatterND Slice Split Squeeze Sub Tile TopK Transpose Unsqueeze Where`,
  },
  reasons: {
    Softplus: 'its result vanishes below −17, where the loss needs it',
    NonZero: 'it has no kernel',
    Loop: 'the host drives it',
    Scan: 'the host drives it',
  },
}
