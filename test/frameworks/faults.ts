/** A fault of a runtime, with the least program that shows it. */
export interface UpstreamFault {
  /** The program under `upstream/`. */
  readonly program: string
  /** The environments it is run in, each another version or runtime. */
  readonly envs: readonly string[]
  readonly what: string
  /** What it does to our graphs. */
  readonly harm: string
}

/** Each prints lines of `PASS` or `FAIL` and the version: FAIL where the runtime has the fault. */
export const faults: readonly UpstreamFault[] = [
  {
    program: 'openvino_inplace_abs.py',
    envs: ['openvino'],
    what: 'Abs of a one-dimensional Concat is done in place, and other readers see it',
    harm: 'wrong values without an error',
  },
  {
    program: 'openvino_log.py',
    envs: ['openvino'],
    what: 'Log(1 + e) is off by 1.9e-6 where it must be 0',
    harm: 'wrong values where all logits are far below 0',
  },
  {
    program: 'opencv_log.py',
    envs: ['opencv'],
    what: 'Log(1 + e) is not 0 where 1 + e is 1 in float32',
    harm: 'wrong values where all logits are far below 0',
  },
  {
    program: 'onnx2torch_nonzero.py',
    envs: ['onnx2torch'],
    what: 'NonZero comes out transposed',
    harm: 'the compact form cannot run',
  },
  {
    program: 'onnx2torch_negative_index.py',
    envs: ['onnx2torch'],
    what: 'GatherElements takes no negative index',
    harm: 'the compact form cannot run',
  },
  {
    program: 'reference_gatherelements.py',
    envs: ['onnx'],
    what: 'GatherElements fails along more than 64 entries',
    harm: 'the compact form cannot run',
  },
  {
    program: 'ort_reduce_empty.py',
    envs: ['onnxruntime-1.16.3', 'onnxruntime-1.19.2', 'onnxruntime-1.32.0'],
    what: 'reductions over an empty axis are refused, or leave it in the result',
    harm: 'cases without boxes fail',
  },
  {
    program: 'tinygrad_packed.py',
    envs: ['tinygrad'],
    what: 'packed repeated integers cannot be read',
    harm: 'graphs that write them packed cannot be read',
  },
]
