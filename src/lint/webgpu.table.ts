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
      Abs Add And AveragePool BatchNormalization Cast Clip Concat Conv ConvTranspose CumSum Div Einsum Equal Exp Expand
      Floor Gather GatherElements GatherND Gemm GlobalAveragePool Greater GreaterOrEqual Identity LeakyRelu Less
      LessOrEqual Log MatMul Max MaxPool Min Mul Neg Not Pad Pow Range ReduceLogSumExp ReduceMax ReduceMean ReduceMin
      ReduceProd ReduceSum Relu Reshape Resize ScatterElements ScatterND Sigmoid Slice Softmax Split Sqrt Sub Tanh Tile
      TopK Unsqueeze Where`,
  },
  noTypes: 'float64',
  types: {
    ...{
      Add: 'int64',
      Cast: 'int64',
      Concat: 'int64',
      Div: 'int64',
      Expand: 'int64',
      Identity: 'int64',
      Less: 'int64',
    },
    ...{
      Mul: 'int64',
      Reshape: 'int64',
      Slice: 'int64',
      Split: 'int64',
      Squeeze: 'int64',
      Sub: 'int64',
      Unsqueeze: 'int64',
    },
  },
  reasons: {
    Softplus: 'its result vanishes below −17, where the loss needs it',
    NonZero: 'it has no kernel',
    Loop: 'the host drives it',
    Scan: 'the host drives it',
  },
}
