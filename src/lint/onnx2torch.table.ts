import type { Table } from './table.js'

/** The converters of onnx2torch, one for each version of an operator. */
export const onnx2torch: Table = {
  target: 'onnx2torch',
  version: 'onnx2torch 1.5.15',
  source: 'measured: its registry of converters against the schemas of onnx 1.16.2, opsets 11 to 21',
  upTo: {
    15: 'GreaterOrEqual LessOrEqual',
    17: `
      Pad ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSumSquare Resize
      ScatterND Split`,
    18: 'AveragePool Cast Constant Equal Identity Reshape Shape',
    19: 'ConstantOfShape IsInf IsNaN',
    20: 'Flatten Transpose Unsqueeze',
    21: `
      Abs Acos Add And ArgMax ArgMin Asin Atan BatchNormalization Ceil Celu Clip Concat Conv ConvTranspose Cos CumSum
      DepthToSpace Div Dropout Einsum Elu Erf Exp Expand EyeLike Floor Gather GatherElements GatherND Gemm
      GlobalAveragePool Greater HardSigmoid HardSwish InstanceNormalization LRN LayerNormalization LeakyRelu Less Log
      LogSoftmax MatMul Max MaxPool Mean Min Mod Mul Neg NonMaxSuppression NonZero Not Or PRelu Pow Range Reciprocal
      ReduceSum Relu RoiAlign Round Selu Sigmoid Sign Sin Slice Softmax Softplus Softsign Sqrt Squeeze Sub Sum Tan Tanh
      Tile TopK Where Xor`,
  },
  from: {
    12: 'Celu Einsum GreaterOrEqual LessOrEqual',
    13: 'IsNaN NonZero',
    14: 'HardSwish',
    17: 'LayerNormalization',
  },
  constructs: [
    {
      op: 'GatherND',
      attribute: 'batch_dims',
      why: 'it does not take it with batch dimensions',
      remedy: 'export --for onnx2torch',
    },
    { op: 'NonZero', why: 'its NonZero comes out transposed, without an error', remedy: 'export --for onnx2torch' },
  ],
}
