/** A fault of a runtime, with the least program that shows it. */
export interface UpstreamFault {
  /** The program under `upstream/`. */
  readonly program: string
  /** The environments it is run in, each another version of the runtime, the oldest first. */
  readonly envs: readonly string[]
  readonly what: string
  /** What it does to our graphs, or did before they went round it. */
  readonly harm: string
  /** Where it has been reported or mended, as `owner/name#number`; undefined where no report was found. */
  readonly issue?: string
}

const silent = 'wrong values without an error'

/** Each prints lines of `PASS` or `FAIL` and the version: FAIL where the runtime has the fault. */
export const faults: readonly UpstreamFault[] = [
  {
    program: 'openvino_inplace_abs.py',
    envs: ['openvino'],
    what: 'Abs of a one-dimensional Concat is done in place, and other readers see it',
    harm: silent,
  },
  {
    program: 'openvino_log.py',
    envs: ['openvino'],
    what: 'Log(1 + e) is off by 1.9e-6 where it must be 0',
    harm: 'wrong values where all logits are far below 0',
  },
  {
    program: 'openvino_float64.py',
    envs: ['openvino'],
    what: 'float64 is computed in float32',
    harm: 'wrong cells of boxes at borders',
    issue: 'openvinotoolkit/openvino#35822',
  },
  {
    program: 'openvino_split_cast.py',
    envs: ['openvino'],
    what: 'a Cast to bool behind a Split of unequal parts cannot be compiled',
    harm: 'graphs with components were refused',
    issue: 'openvinotoolkit/openvino#33216',
  },
  {
    program: 'opencv_log.py',
    envs: ['opencv'],
    what: 'Log(1 + e) is not 0 where 1 + e is 1 in float32',
    harm: 'wrong values where all logits are far below 0',
  },
  {
    program: 'opencv_reduce_scalar.py',
    envs: ['opencv'],
    what: 'a sum over all axes without keepdims cannot be compared with a number',
    harm: 'graphs of boxes are refused',
  },
  {
    program: 'mnn_less.py',
    envs: ['mnn'],
    what: 'Less of float32 compares bits as integers, and is wrong of two negative numbers',
    harm: `${silent}: the anchors of boxes`,
  },
  {
    program: 'mnn_cast_bool.py',
    envs: ['mnn'],
    what: 'a Cast of float32 to bool truncates',
    harm: `${silent}: the rows of boxes, or a crash behind them`,
  },
  {
    program: 'onnx2torch_nonzero.py',
    envs: ['onnx2torch'],
    what: 'NonZero comes out transposed',
    harm: 'the compact form could not run',
  },
  {
    program: 'onnx2torch_negative_index.py',
    envs: ['onnx2torch'],
    what: 'GatherElements takes no negative index',
    harm: 'the compact form could not run',
  },
  {
    program: 'onnx2torch_cumsum.py',
    envs: ['onnx2torch'],
    what: 'CumSum without `reverse` sums from the end',
    harm: 'the compact form picks by wrong indices; `program onnx2torch-training.py` goes round it',
  },
  {
    program: 'onnx2tf_transpose.py',
    envs: ['tensorflow'],
    what: 'what is computed of a Split behind a Transpose comes out in another order',
    harm: `${silent}: the ignore mask of the static form`,
  },
  {
    program: 'reference_gatherelements.py',
    envs: ['onnx'],
    what: 'GatherElements fails along more than 64 entries',
    harm: 'the compact form could not run',
    issue: 'onnx/onnx#8444',
  },
  {
    program: 'ort_reduce_empty.py',
    envs: ['onnxruntime-1.16.3', 'onnxruntime-1.19.2', 'onnxruntime-1.32.0'],
    what: 'reductions over an empty axis are refused, or leave it in the result',
    harm: 'cases without boxes failed',
    issue: 'microsoft/onnxruntime#7563',
  },
  {
    program: 'tinygrad_packed.py',
    envs: ['tinygrad'],
    what: 'packed repeated integers cannot be read',
    harm: 'no graph could be read',
  },
  {
    program: 'tinygrad_gather.py',
    envs: ['tinygrad'],
    what: 'Gather by a constant of two dimensions fails',
    harm: 'the static form cannot run',
  },
  {
    program: 'tvm_cumsum.py',
    envs: ['tvm'],
    what: 'CumSum of a Shape cannot be imported',
    harm: 'the compact form cannot run',
  },
  {
    program: 'iree_size_of_shapes.py',
    envs: ['iree'],
    what: 'a size that comes of entries of a Shape beside others cannot be compiled',
    harm: 'the compact form cannot run',
  },
  {
    program: 'onnx_ad_conv.py',
    envs: ['onnx-ad'],
    what: 'the derivative of a Conv of stride 2 with pads [0, 0, 1, 1] is wrong',
    harm: 'it is no witness of the gradient of detectors from Keras',
  },
]
