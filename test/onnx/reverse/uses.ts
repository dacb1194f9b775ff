import type { Tensor } from '../../../src/io/tensor.js'
import { tensorOf } from '../../../src/onnx/graph/constants.js'
import { add, div, exp, log, max, min, mul, reduceMax, reduceMean, sqrt, sub } from '../../../src/onnx/math.js'
import type { V } from '../../../src/onnx/reverse/applied.js'
import { unsqueeze } from '../../../src/onnx/shape.js'
import type { Use } from './check.js'

const ints = (...values: number[]): Tensor => tensorOf('int64', [values.length], values)
const reals = (shape: number[], values: number[]): Tensor => tensorOf('float64', shape, values)
const linear = { dtype: 'float32' } as const
const positive = (random: () => number) => 0.2 + random()
const wide = (random: () => number) => 8 * random() - 4
const use = (
  op: string,
  what: string,
  operands: Use['operands'],
  results: Use['results'],
  more: Partial<Use> = {},
): Use => ({
  op,
  what,
  operands,
  results,
  ...more,
})

/** ln(1 + eˣ) */
const softplus = (x?: V): V => log(add(exp(x as V), 1))
const tanh = (x: V): V => x.graph.emit('Tanh', [x], [x.dtype, x.shape])
/** α·x + ½, at least 0 and at most 1. */
const ramp = (x: V, α: number): V => min(max(add(mul(x, α), 0.5), 0), 1)

const pointwise: Use[] = [
  ...'Identity Neg Abs Exp Sigmoid Tanh Relu LeakyRelu Elu Reciprocal'
    .split(' ')
    .map((op) => use(op, 'of numbers', [[2, 3]], [[2, 3]])),
  ...'Log Sqrt'.split(' ').map((op) => use(op, 'of positive numbers', [[2, 3]], [[2, 3]], { at: positive })),
  use('LeakyRelu', 'of slope 0.3', [[2, 3]], [[2, 3]], { attributes: { alpha: { float: 0.3 } } }),
  use('LeakyRelu', 'of a negative slope', [[2, 3]], [[2, 3]], { attributes: { alpha: { float: -0.5 } } }),
  use('Elu', 'of α 0.4', [[2, 3]], [[2, 3]], { attributes: { alpha: { float: 0.4 } } }),
  use(
    'PRelu',
    'with a slope for each channel',
    [
      [2, 3, 2],
      [3, 1],
    ],
    [[2, 3, 2]],
  ),
  use('Pow', 'to the third', [[2, 3], reals([], [3])], [[2, 3]]),
  use('Pow', 'by base and exponent', [[2, 3], [3]], [[2, 3]], { at: positive }),
  use('Clip', 'between bounds', [[3, 4], reals([], [-0.45]), reals([], [0.55])], [[3, 4]]),
  use('Clip', 'from below', [[3, 4], reals([], [-0.45])], [[3, 4]]),
  use('Clip', 'from above', [[3, 4], undefined, reals([], [0.55])], [[3, 4]]),
  use('Softplus', 'of numbers', [[3, 4]], [[3, 4]], { dtype: 'float32', at: wide, spelled: softplus }),
  use('HardSigmoid', 'of numbers', [[3, 4]], [[3, 4]], {
    dtype: 'float32',
    at: wide,
    spelled: (x) => ramp(x as V, 0.2),
  }),
  use('HardSwish', 'of numbers', [[3, 4]], [[3, 4]], {
    dtype: 'float32',
    at: wide,
    spelled: (x) => mul(x as V, ramp(x as V, 1 / 6)),
  }),
  use('Mish', 'of numbers', [[3, 4]], [[3, 4]], {
    dtype: 'float32',
    at: wide,
    spelled: (x) => mul(x as V, tanh(softplus(x as V))),
  }),
  use('Cast', 'to the same', [[3, 4]], [[3, 4]], { attributes: { to: { int: 11 } } }),
  use('Dropout', 'off', [[3, 4]], [[3, 4]]),
]

const arithmetic: Use[] = [
  ...'Add Sub Mul Div Max Min'.split(' ').flatMap((op) => [
    use(
      op,
      'of two',
      [
        [2, 3],
        [2, 3],
      ],
      [[2, 3]],
    ),
    use(
      op,
      'broadcast both ways',
      [
        [2, 1, 3],
        [4, 1],
      ],
      [[2, 4, 3]],
    ),
    use(op, 'with a number', [[], [2, 3]], [[2, 3]]),
  ]),
  use('Mean', 'of three', [[2, 3], [3], [2, 1]], [[2, 3]], linear),
  ...'Sum Max Min'.split(' ').map((op) => use(op, 'of three', [[2, 3], [3], [2, 1]], [[2, 3]])),
  use('Where', 'broadcast', [tensorOf('bool', [3], [1, 0, 1]), [2, 3], [2, 1]], [[2, 3]]),
]

const movement: Use[] = [
  use('Reshape', 'with -1', [[2, 3, 4], ints(-1, 6)], [[4, 6]]),
  use('Flatten', 'at axis 2', [[2, 3, 4]], [[6, 4]], { attributes: { axis: { int: 2 } } }),
  use('Squeeze', 'of an axis', [[2, 1, 3], ints(1)], [[2, 3]]),
  use('Unsqueeze', 'of two', [[2, 3], ints(0, 3)], [[1, 2, 3, 1]]),
  use('Expand', 'both ways', [[3, 1], ints(2, 1, 4)], [[2, 3, 4]]),
  use('Tile', 'along both', [[2, 3], ints(2, 3)], [[4, 9]]),
  use('Transpose', 'as written', [[2, 3, 4]], [[4, 2, 3]], { attributes: { perm: { ints: [2, 0, 1] } } }),
  use('Transpose', 'by default', [[2, 3, 4]], [[4, 3, 2]]),
  use('DepthToSpace', 'DCR', [[1, 8, 2, 3]], [[1, 2, 4, 6]], { attributes: { blocksize: { int: 2 } } }),
  use('DepthToSpace', 'CRD', [[1, 8, 2, 3]], [[1, 2, 4, 6]], {
    attributes: { blocksize: { int: 2 }, mode: { string: 'CRD' } },
  }),
  use('SpaceToDepth', 'of 2', [[1, 2, 4, 6]], [[1, 8, 2, 3]], { attributes: { blocksize: { int: 2 } } }),
  use(
    'Concat',
    'along -1',
    [
      [2, 3],
      [2, 1],
      [2, 2],
    ],
    [[2, 6]],
    { attributes: { axis: { int: -1 } } },
  ),
  use(
    'Split',
    'of which all parts are read',
    [[2, 6], ints(1, 3, 2)],
    [
      [2, 1],
      [2, 3],
      [2, 2],
    ],
    {
      attributes: { axis: { int: 1 } },
      read: [0, 1, 2],
    },
  ),
  use(
    'Split',
    'of which one part is read',
    [[2, 6], ints(1, 3, 2)],
    [
      [2, 1],
      [2, 3],
      [2, 2],
    ],
    {
      attributes: { axis: { int: 1 } },
      read: [1],
    },
  ),
  use('Slice', 'from the front and the back', [[5, 6], ints(1, -3), ints(4, 9), ints(0, 1)], [[3, 3]]),
  use('Slice', 'of every second', [[5, 7], ints(0, 1), ints(9, 6), ints(0, 1), ints(2, 2)], [[3, 3]]),
  use('Slice', 'backwards', [[5, 7], ints(-1, 5), ints(-99, 0), ints(0, 1), ints(-1, -2)], [[5, 3]]),
  use('Slice', 'of nothing', [[5, 2], ints(3), ints(3), ints(0)], [[0, 2]]),
  use('Pad', 'with zeros', [[2, 3], ints(1, 0, 0, 2)], [[3, 5]]),
  use('Pad', 'that takes away', [[4, 5], ints(-1, 2, 0, -1)], [[3, 6]]),
  use('Pad', 'along one axis', [[2, 3], ints(1, 2), reals([], [5]), ints(-1)], [[2, 6]]),
]

const select: Use[] = [
  use('Gather', 'of rows, one twice', [[4, 3], tensorOf('int64', [2, 2], [0, 2, 2, -1])], [[2, 2, 3]]),
  use('Gather', 'of columns', [[4, 3], ints(2, 0)], [[4, 2]], { attributes: { axis: { int: 1 } } }),
  use('Gather', 'of one', [[4, 3], tensorOf('int64', [], [1])], [[4]], { attributes: { axis: { int: -1 } } }),
  use('GatherND', 'of entries', [[3, 4], tensorOf('int64', [3, 2], [0, 1, 2, 3, 0, 1])], [[3]]),
  use('GatherND', 'of rows of each image', [[2, 3, 2], tensorOf('int64', [2, 2, 1], [0, 2, 1, 1])], [[2, 2, 2]], {
    attributes: { batch_dims: { int: 1 } },
  }),
  use('GatherElements', 'along 1', [[2, 3], tensorOf('int64', [2, 2], [0, 2, 1, 1])], [[2, 2]], {
    attributes: { axis: { int: 1 } },
  }),
  use('ScatterND', 'of rows', [[4, 3], tensorOf('int64', [2, 1], [2, 0]), [2, 3]], [[4, 3]]),
  use('ScatterND', 'that adds', [[4, 3], tensorOf('int64', [2, 1], [2, 2]), [2, 3]], [[4, 3]], {
    attributes: { reduction: { string: 'add' } },
  }),
  use('ScatterElements', 'along 1', [[2, 4], tensorOf('int64', [2, 2], [0, 2, 3, 1]), [2, 2]], [[2, 4]], {
    attributes: { axis: { int: 1 } },
  }),
  use(
    'TopK',
    'of 2',
    [[2, 5], ints(2)],
    [
      [2, 2],
      [2, 2],
    ],
    { places: 1 },
  ),
  use('CumSum', 'along 1', [[2, 4], tensorOf('int64', [], [1])], [[2, 4]]),
  use('CumSum', 'exclusive, from the end', [[2, 4], tensorOf('int64', [], [-1])], [[2, 4]], {
    attributes: { exclusive: { int: 1 }, reverse: { int: 1 } },
  }),
]

const reductions: Use[] = [
  ...'ReduceSum ReduceMean ReduceMax ReduceMin ReduceSumSquare ReduceL2 ReduceLogSumExp'
    .split(' ')
    .flatMap((op) => [
      use(op, 'over all', [[2, 3]], [[1, 1]]),
      use(op, 'over the middle', [[2, 3, 4], ints(-2)], [[2, 4]], { attributes: { keepdims: { int: 0 } } }),
    ]),
  use('ReduceSum', 'over nothing', [[2, 3], ints()], [[2, 3]], { attributes: { noop_with_empty_axes: { int: 1 } } }),
  use('ReduceMax', 'of opset 13', [[2, 3]], [[2, 1]], { opset: 13, attributes: { axes: { ints: [1] } } }),
  use('ReduceProd', 'over one axis', [[2, 3], ints(1)], [[2, 1]]),
  use('Softmax', 'along -1', [[2, 4]], [[2, 4]]),
  use('Softmax', 'along 1 of 3', [[2, 3, 2]], [[2, 3, 2]], { attributes: { axis: { int: 1 } } }),
  use('LogSoftmax', 'along -1', [[2, 4]], [[2, 4]]),
]

const matrices: Use[] = [
  use(
    'MatMul',
    'of matrices',
    [
      [2, 3],
      [3, 4],
    ],
    [[2, 4]],
  ),
  use(
    'MatMul',
    'broadcast',
    [
      [2, 1, 2, 3],
      [5, 3, 2],
    ],
    [[2, 5, 2, 2]],
  ),
  use('MatMul', 'of a vector and a matrix', [[3], [2, 3, 4]], [[2, 4]]),
  use('MatMul', 'of a matrix and a vector', [[2, 2, 3], [3]], [[2, 2]]),
  use('MatMul', 'of vectors', [[3], [3]], [[]]),
  use('Gemm', 'as it is', [[2, 3], [3, 4], [4]], [[2, 4]]),
  use(
    'Gemm',
    'transposed and scaled',
    [
      [3, 2],
      [4, 3],
      [2, 1],
    ],
    [[2, 4]],
    {
      attributes: { alpha: { float: 0.5 }, beta: { float: 2 }, transA: { int: 1 }, transB: { int: 1 } },
    },
  ),
]

const float = (shape: number[], values: number[]): Tensor => tensorOf('float32', shape, values)

const convolutions: Use[] = [
  use('Conv', '3×3', [[2, 3, 5, 6], [4, 3, 3, 3], [4]], [[2, 4, 3, 4]], linear),
  use(
    'Conv',
    '3×3, pads 1',
    [
      [2, 3, 5, 6],
      [4, 3, 3, 3],
    ],
    [[2, 4, 5, 6]],
    { ...linear, attributes: { pads: { ints: [1, 1, 1, 1] } } },
  ),
  use('Conv', '1×1', [[2, 3, 4, 5], [4, 3, 1, 1], [4]], [[2, 4, 4, 5]], linear),
  use(
    'Conv',
    '1×1 at stride 2',
    [
      [2, 3, 5, 6],
      [4, 3, 1, 1],
    ],
    [[2, 4, 3, 3]],
    { ...linear, attributes: { strides: { ints: [2, 2] } } },
  ),
  use(
    'Conv',
    'stride 2, pads 1',
    [
      [2, 3, 7, 6],
      [4, 3, 3, 3],
    ],
    [[2, 4, 4, 3]],
    {
      ...linear,
      attributes: { strides: { ints: [2, 2] }, pads: { ints: [1, 1, 1, 1] } },
    },
  ),
  use(
    'Conv',
    'stride 2, pads as Keras has them',
    [
      [2, 3, 8, 8],
      [4, 3, 3, 3],
    ],
    [[2, 4, 4, 4]],
    {
      ...linear,
      attributes: { strides: { ints: [2, 2] }, pads: { ints: [0, 0, 1, 1] } },
    },
  ),
  use(
    'Conv',
    'SAME_UPPER at stride 2',
    [
      [2, 3, 8, 7],
      [4, 3, 3, 3],
    ],
    [[2, 4, 4, 4]],
    {
      ...linear,
      attributes: { strides: { ints: [2, 2] }, auto_pad: { string: 'SAME_UPPER' } },
    },
  ),
  use(
    'Conv',
    'SAME_LOWER',
    [
      [2, 3, 6, 7],
      [4, 3, 2, 4],
    ],
    [[2, 4, 6, 7]],
    { ...linear, attributes: { auto_pad: { string: 'SAME_LOWER' } } },
  ),
  use(
    'Conv',
    'VALID',
    [
      [2, 3, 6, 7],
      [4, 3, 2, 4],
    ],
    [[2, 4, 5, 4]],
    { ...linear, attributes: { auto_pad: { string: 'VALID' } } },
  ),
  use(
    'Conv',
    'dilated',
    [
      [1, 2, 7, 8],
      [3, 2, 3, 2],
    ],
    [[1, 3, 3, 5]],
    { ...linear, attributes: { dilations: { ints: [2, 3] } } },
  ),
  use(
    'Conv',
    'dilated at stride 2 with pads',
    [
      [1, 2, 8, 9],
      [3, 2, 3, 3],
    ],
    [[1, 3, 4, 4]],
    {
      ...linear,
      attributes: { dilations: { ints: [2, 2] }, strides: { ints: [2, 2] }, pads: { ints: [1, 2, 2, 0] } },
    },
  ),
  use(
    'Conv',
    'in two groups',
    [
      [2, 4, 5, 5],
      [6, 2, 3, 3],
    ],
    [[2, 6, 3, 3]],
    { ...linear, attributes: { group: { int: 2 } } },
  ),
  use(
    'Conv',
    'depthwise at stride 2',
    [
      [2, 3, 5, 5],
      [3, 1, 3, 3],
    ],
    [[2, 3, 3, 3]],
    {
      ...linear,
      attributes: { group: { int: 3 }, strides: { ints: [2, 2] }, pads: { ints: [1, 1, 1, 1] } },
    },
  ),
  use(
    'Conv',
    'pads wider than the kernel',
    [
      [1, 2, 4, 4],
      [3, 2, 2, 2],
    ],
    [[1, 3, 7, 7]],
    { ...linear, attributes: { pads: { ints: [2, 2, 2, 2] } } },
  ),
  use(
    'Conv',
    'of one axis',
    [
      [2, 3, 8],
      [4, 3, 3],
    ],
    [[2, 4, 4]],
    { ...linear, attributes: { strides: { ints: [2] }, pads: { ints: [1, 1] } } },
  ),
  use(
    'Conv',
    'over many places',
    [
      [1, 1, 30, 30],
      [2, 1, 3, 3],
    ],
    [[1, 2, 30, 30]],
    { ...linear, attributes: { pads: { ints: [1, 1, 1, 1] } } },
  ),
  use('ConvTranspose', '3×3', [[1, 2, 3, 3], [2, 3, 3, 3], [3]], [[1, 3, 5, 5]], linear),
  use(
    'ConvTranspose',
    '2×2 at stride 2',
    [
      [2, 3, 3, 4],
      [3, 2, 2, 2],
    ],
    [[2, 2, 6, 8]],
    { ...linear, attributes: { strides: { ints: [2, 2] } } },
  ),
  use(
    'ConvTranspose',
    'pads and output padding',
    [
      [1, 2, 3, 3],
      [2, 3, 3, 3],
    ],
    [[1, 3, 6, 6]],
    {
      ...linear,
      attributes: { strides: { ints: [2, 2] }, pads: { ints: [1, 1, 1, 1] }, output_padding: { ints: [1, 1] } },
    },
  ),
  use(
    'ConvTranspose',
    'in groups, dilated',
    [
      [1, 4, 3, 3],
      [4, 2, 2, 2],
    ],
    [[1, 4, 5, 5]],
    {
      ...linear,
      attributes: { group: { int: 2 }, dilations: { ints: [2, 2] } },
    },
  ),
  use(
    'ConvTranspose',
    'with an output shape',
    [
      [1, 2, 3, 3],
      [2, 2, 3, 3],
    ],
    [[1, 2, 6, 6]],
    {
      ...linear,
      attributes: { strides: { ints: [2, 2] }, output_shape: { ints: [6, 6] } },
    },
  ),
]

const pooling: Use[] = [
  use('MaxPool', '2×2', [[2, 3, 4, 6]], [[2, 3, 2, 3]], {
    attributes: { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } },
  }),
  use('MaxPool', 'stride 1, SAME', [[1, 2, 5, 5]], [[1, 2, 5, 5]], {
    attributes: { kernel_shape: { ints: [2, 2] }, auto_pad: { string: 'SAME_UPPER' } },
  }),
  use('MaxPool', '5×5 of a pyramid', [[1, 2, 6, 6]], [[1, 2, 6, 6]], {
    attributes: { kernel_shape: { ints: [5, 5] }, pads: { ints: [2, 2, 2, 2] } },
  }),
  use('MaxPool', 'ceil mode', [[1, 2, 5, 5]], [[1, 2, 3, 3]], {
    attributes: { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] }, ceil_mode: { int: 1 } },
  }),
  use('MaxPool', 'dilated', [[1, 1, 6, 6]], [[1, 1, 2, 2]], {
    attributes: { kernel_shape: { ints: [3, 3] }, dilations: { ints: [2, 2] } },
  }),
  ...[0, 1].flatMap((all) => [
    use('AveragePool', `3×3 with pads, counted ${all}`, [[1, 2, 5, 5]], [[1, 2, 3, 3]], {
      ...linear,
      attributes: {
        kernel_shape: { ints: [3, 3] },
        strides: { ints: [2, 2] },
        pads: { ints: [1, 1, 1, 1] },
        count_include_pad: { int: all },
      },
    }),
    use('AveragePool', `2×2, counted ${all}`, [[2, 3, 4, 6]], [[2, 3, 2, 3]], {
      ...linear,
      attributes: { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] }, count_include_pad: { int: all } },
    }),
    use('AveragePool', `ceil mode, counted ${all}`, [[1, 1, 5, 5]], [[1, 1, 3, 3]], {
      ...linear,
      opset: 19,
      attributes: {
        kernel_shape: { ints: [2, 2] },
        strides: { ints: [2, 2] },
        ceil_mode: { int: 1 },
        count_include_pad: { int: all },
      },
    }),
  ]),
  use('AveragePool', 'SAME_LOWER', [[1, 1, 5, 5]], [[1, 1, 5, 5]], {
    ...linear,
    attributes: { kernel_shape: { ints: [2, 2] }, auto_pad: { string: 'SAME_LOWER' } },
  }),
  use('GlobalMaxPool', 'of maps', [[2, 3, 2, 2]], [[2, 3, 1, 1]], {
    dtype: 'float32',
    spelled: (x) => reduceMax(x as V, { axes: [2, 3], keep: true }),
  }),
  use('GlobalAveragePool', 'of maps', [[2, 3, 4, 5]], [[2, 3, 1, 1]], linear),
]

/** Each map by its own mean and variance. */
function normalized(x: V, γ: V, β: V): V {
  const mean = (v: V) => reduceMean(v, { axes: [2, 3], keep: true })
  const centred = sub(x, mean(x))
  const r = div(centred, sqrt(add(mean(mul(centred, centred)), Math.fround(1e-5))))
  return add(mul(r, unsqueeze(γ, [1, 2])), unsqueeze(β, [1, 2]))
}

const normalization: Use[] = [
  use('InstanceNormalization', 'of maps', [[2, 3, 4, 2], [3], [3]], [[2, 3, 4, 2]], {
    dtype: 'float32',
    spelled: (x, γ, β) => normalized(x as V, γ as V, β as V),
  }),
  use(
    'BatchNormalization',
    'frozen',
    [[2, 3, 4, 2], [3], [3], reals([3], [0.1, -0.2, 0.3]), reals([3], [0.5, 1, 2])],
    [[2, 3, 4, 2]],
  ),
  use(
    'BatchNormalization',
    'in training',
    [[2, 3, 4, 2], [3], [3], reals([3], [0.1, -0.2, 0.3]), reals([3], [0.5, 1, 2])],
    [[2, 3, 4, 2], [3], [3]],
    { attributes: { training_mode: { int: 1 }, epsilon: { float: 1e-3 } } },
  ),
  use(
    'BatchNormalization',
    'of rows',
    [[4, 3], [3], [3], reals([3], [0.1, -0.2, 0.3]), reals([3], [0.5, 1, 2])],
    [[4, 3]],
  ),
]

const resizes: Use[] = ['nearest', 'linear'].flatMap((mode) =>
  ['half_pixel', 'pytorch_half_pixel', 'asymmetric', 'align_corners'].flatMap((coordinate) =>
    [
      [2, 2],
      [1.5, 2],
      [0.5, 0.75],
    ].map(([h = 1, w = 1]) =>
      use(
        'Resize',
        `${mode}, ${coordinate}, ×${h}, ×${w}`,
        [[1, 2, 4, 4], undefined, float([4], [1, 1, h, w])],
        [[1, 2, 4 * h, 4 * w]],
        {
          ...linear,
          attributes: {
            mode: { string: mode },
            coordinate_transformation_mode: { string: coordinate },
            nearest_mode: { string: 'floor' },
          },
        },
      ),
    ),
  ),
)

/** Uses of every operator that has a rule: the attribute grid of the ONNX backend node tests, and what exporters write. */
export const uses: readonly Use[] = [
  ...pointwise, ...arithmetic, ...movement, ...select, ...reductions, ...matrices, ...convolutions, ...pooling,
  ...normalization, ...resizes,
] // biome-ignore format: a list
