import type { Table } from './table.js'

/** Kernels of the CUDA provider; a node without one runs on the CPU, and its data cross the bus. */
export const cuda: Table = {
  target: 'cuda',
  version: 'onnxruntime 1.24',
  source:
    'read: kernel registrations of the CUDA provider up to onnxruntime 1.24; a kernel for one version of an operator does ' +
    'not serve the next; ArgMax from 1.21 on. Shape and host-driven control flow run, but copy or wait for the host',
  upTo: {
    18: 'Equal Pad',
    19: 'ConstantOfShape ReduceMax ReduceMin',
    20: 'Identity',
    21: 'Softplus',
    23: 'Cast Reshape Squeeze TopK Transpose Unsqueeze',
    25: `
      Abs Add And ArgMax AveragePool BatchNormalization Clip Compress Concat Conv ConvTranspose CumSum Div Einsum Exp Expand
      Floor Gather GatherElements GatherND Gemm GlobalAveragePool Greater GreaterOrEqual LeakyRelu Less LessOrEqual Log
      MatMul Max MaxPool Min Mod Mul Neg Not OneHot Pow Range ReduceLogSumExp ReduceMean ReduceProd ReduceSum Relu
      Resize ScatterElements ScatterND Sigmoid Slice Softmax Split Sqrt Sub Tanh Tile Where`,
  },
  reasons: {
    Shape: 'its result stays on the CPU, and so does what is calculated from it',
    NonZero: 'the host waits for the count that it finds',
    Loop: 'the host drives it, waiting for the device in every round',
    Scan: 'the host drives it, waiting for the device in every round',
    If: 'the host drives it, waiting for the condition',
  },
}
