import { shipped } from './programs.js'
import type { Diet, Mode, Runtime } from './records.js'

const plain: readonly Mode[] = ['value', 'gradient']

const diet = (form: Diet['form'], modes: readonly Mode[], rest: Partial<Diet> = {}): Diet => ({ form, modes, ...rest })

/** What every runtime is given: the committed files, and each form with and without our gradient. */
const usual: readonly Diet[] = [
  diet('committed', ['value']),
  diet('compact', plain),
  diet('static', plain),
  diet('loop', plain),
]

/** The other opsets that the exporter writes, where the framework reads them. */
const opsets: readonly Diet[] = [13, 18, 21, 24].flatMap((opset) => [
  diet('compact', ['value'], { opset }),
  diet('static', ['value'], { opset }),
])

/** Where a graph takes seconds to compile: what is committed, and the form for devices. */
const short: readonly Diet[] = [diet('committed', ['value']), diet('static', plain)]

const ort = (version: string, seconds: number): Runtime => ({
  name: `onnxruntime-${version}`,
  title: `ONNX Runtime ${version}, Python`,
  engine: 'ONNX Runtime',
  env: `onnxruntime-${version}`,
  runner: ['ort.py'],
  diets: [...usual, ...opsets],
  seconds,
})

const browser = (bundle: string, provider: 'wasm' | 'webgpu'): Runtime => ({
  name: `chromium-${bundle.replace(/^ort\.|\.?bundle$/g, '') || 'bundle'}-${provider}`,
  title: `onnxruntime-web in Chromium, ${bundle}, ${provider === 'webgpu' ? 'WebGPU on SwiftShader' : 'wasm'}`,
  // One in a real browser each, beside the native builds.
  engine: `ONNX Runtime by ${provider} in a browser`,
  env: 'onnxruntime-web',
  runner: ['browser.ts', `${bundle}.min.mjs`, provider],
  debian: { chromium: 'chromium' },
  diets: provider === 'webgpu' ? short : usual,
  seconds: provider === 'webgpu' ? 280 : 80,
})

/** The rows of the matrix. */
export const runtimes: readonly Runtime[] = [
  {
    name: 'reference',
    title: 'onnx reference evaluator',
    engine: 'onnx reference evaluator',
    env: 'onnx',
    runner: ['reference.py'],
    diets: [...usual, ...opsets],
    seconds: 40,
    known: [
      {
        pattern: /at most 64 array objects/,
        why: 'its GatherElements fails along more than 64 entries (upstream/reference_gatherelements.py)',
      },
    ],
  },
  ort('1.32.0', 30),
  ort('1.19.2', 30),
  ort('1.16.3', 50),
  {
    name: 'onnxruntime-web',
    title: 'onnxruntime-web in Node, wasm',
    engine: 'ONNX Runtime',
    env: 'onnxruntime-web',
    runner: ['web.ts'],
    diets: usual,
    seconds: 30,
  },
  browser('ort.bundle', 'wasm'),
  browser('ort.all.bundle', 'wasm'),
  browser('ort.wasm.bundle', 'wasm'),
  browser('ort.webgpu.bundle', 'wasm'),
  browser('ort.webgpu.bundle', 'webgpu'),
  {
    name: 'openvino',
    title: 'OpenVINO, CPU',
    engine: 'OpenVINO',
    env: 'openvino',
    runner: ['openvino_cpu.py'],
    diets: usual,
    seconds: 150,
  },
  {
    name: 'opencv-new',
    title: 'OpenCV, new engine',
    engine: 'OpenCV',
    env: 'opencv',
    runner: ['opencv.py', 'new'],
    diets: usual,
    seconds: 15,
    known: [
      {
        pattern: /buf\.shape\(\) == m\.shape\(\)/,
        why: 'it compares no sum over all axes with a number (upstream/opencv_reduce_scalar.py)',
      },
    ],
  },
  {
    name: 'opencv-classic',
    title: 'OpenCV, classic engine',
    engine: 'OpenCV',
    env: 'opencv',
    runner: ['opencv.py', 'classic'],
    diets: usual,
    seconds: 15,
  },
  {
    name: 'mnn',
    title: 'MNN',
    engine: 'MNN',
    env: 'mnn',
    runner: ['mnn.py'],
    diets: [...usual, diet('static', plain, { target: 'mnn' })],
    seconds: 70,
    wrongBecause:
      'Less turns round where both numbers are negative (upstream/mnn_less.py), and a Cast to bool truncates (upstream/mnn_cast_bool.py): `--for mnn` has neither',
  },
  { name: 'nxrt', title: 'nxrt', engine: 'nxrt', env: 'nxrt', runner: ['nxrt_cpu.py'], diets: usual, seconds: 40 },
  {
    name: 'tinygrad',
    title: 'tinygrad, CPU',
    engine: 'tinygrad',
    env: 'tinygrad',
    runner: ['tiny.py'],
    debian: { clang: 'clang' },
    diets: [diet('static', plain, { target: 'tinygrad' })],
    longest: 600,
    byNameOnly: 'which compiles a case for minutes',
    seconds: 150,
    known: [
      {
        pattern: /Unknown wire type|data_type/,
        why: 'its reader takes no packed integers (upstream/tinygrad_packed.py)',
      },
      {
        pattern: /'list' and 'int'/,
        why: 'its Gather takes no constant of two dimensions (upstream/tinygrad_gather.py)',
      },
    ],
  },
  {
    name: 'iree',
    title: 'IREE, llvm-cpu',
    engine: 'IREE',
    env: 'iree',
    compiles: true,
    runner: ['iree_cpu.py'],
    diets: [diet('compact', ['value']), diet('static', plain, { target: 'iree' })],
    seconds: 360,
    known: [
      {
        pattern: /stream\.async\.fill/,
        why: 'it compiles no size that comes of a Shape beside others (upstream/iree_size_of_shapes.py)',
      },
    ],
  },
  {
    name: 'tvm',
    title: 'TVM Relax, llvm',
    engine: 'TVM',
    env: 'tvm',
    compiles: true,
    runner: ['tvm_relax.py'],
    diets: [diet('compact', plain), diet('static', plain)],
    seconds: 360,
    known: [{ pattern: /ShapeExpr inputs/, why: 'its CumSum takes no Shape (upstream/tvm_cumsum.py)' }],
  },
  {
    name: 'jax',
    title: 'JAX through jaxonnxruntime',
    engine: 'JAX',
    env: 'jax',
    runner: ['jax_onnx.py'],
    diets: [diet('static', ['value', 'derived', 'jit', 'jit derived'], { target: 'jax' })],
    seconds: 420,
  },
  {
    name: 'onnx-ad',
    title: 'onnx-ad, run by ONNX Runtime',
    // The loss is that of ONNX Runtime.
    engine: 'ONNX Runtime',
    env: 'onnx-ad',
    runner: ['onnx_ad_reverse.py'],
    diets: ['jax', 'onnx2torch'].map((target) => diet('static', ['derived'], { target })),
    seconds: 40,
  },
  {
    name: 'onnx2torch',
    title: 'PyTorch through onnx2torch',
    engine: 'PyTorch',
    env: 'onnx2torch',
    runner: ['onnx_torch.py'],
    diets: [
      diet('compact', ['value']),
      diet('static', ['value', 'gradient', 'derived', 'jit', 'jit derived'], { target: 'onnx2torch' }),
    ],
    seconds: 370,
    known: [
      { pattern: /GatherND for batch_dims/, why: 'it has no GatherND with batch_dims' },
      {
        pattern: /torch_dynamo_resume_in__do_reshape|Data-dependent branching/,
        why: 'torch.compile stops at its Reshape, which branches on values',
      },
      {
        pattern: /index -1 is out of bounds/,
        why: 'its GatherElements takes no negative index (upstream/onnx2torch_negative_index.py)',
      },
    ],
    wrongBecause: 'NonZero comes out transposed (upstream/onnx2torch_nonzero.py): `--for onnx2torch` has none',
  },
  {
    name: 'tensorflow',
    title: 'TensorFlow through onnx2tf',
    engine: 'TensorFlow',
    env: 'tensorflow',
    runner: ['tensorflow_onnx2tf.py'],
    byNameOnly: 'whose converter takes half a minute for a case',
    diets: [diet('static', ['value', 'derived'])],
    seconds: 600,
    wrongBecause:
      'onnx2tf puts what is computed of a Split behind a Transpose in another order (upstream/onnx2tf_transpose.py)',
  },
  {
    name: 'tensorrt',
    title: 'TensorRT, its parser',
    engine: 'TensorRT',
    env: 'tensorrt',
    runner: ['tensorrt_engine.py'],
    diets: [diet('committed', ['value']), diet('static', plain)],
    seconds: 20,
  },
  ...shipped,
]
