import type { Table } from './table.js'

/** The operators of jaxonnxruntime, through which JAX runs a graph. */
export const jax: Table = {
  target: 'jax',
  version: 'jaxonnxruntime 0.3.0',
  source: 'read: its registry of operators; measured: graphs of opset 17 in test/frameworks',
  upTo: {
    17: `
      Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool BatchNormalization BitShift Cast
      CastLike Ceil Clip Concat Constant ConstantOfShape Conv Cos Cosh Div Dropout Einsum Equal Erf Exp Expand
      Flatten Gather GatherElements Gemm GlobalAveragePool Identity If LRN LeakyRelu Less LessOrEqual Log LogSoftmax
      MatMul Max MaxPool Min Mul Neg NonZero Not OneHot Or PRelu Pad Pow Range Reciprocal ReduceMax ReduceMean
      ReduceSum Relu Reshape Selu Shape Sigmoid Sin Sinh Slice Softmax Softplus Split Sqrt Squeeze Sub Sum Tanh TopK
      Transpose Trilu Unsqueeze Where`,
  },
  reasons: {
    GatherND: 'it does not take this operator, and export --for jax has none',
    ScatterND: 'it does not take this operator: export without gradients, from dense labels',
  },
}
