import type { Runtime } from './records.js'

interface Way {
  readonly name: string
  readonly title: string
  readonly runner: readonly string[]
  readonly env: string
  readonly seconds: number
}

/** A program of `yolo-loss program` over ONNX Runtime, on every fixture. */
const overRuntime = (way: Way): Runtime => ({
  ...way,
  engine: 'ONNX Runtime',
  beside: 'onnxruntime-1.32.0',
  diets: [{ form: 'compact', modes: ['program'] }],
})

const keras = (way: string, title: string): Runtime =>
  overRuntime({
    name: `keras-${way}`,
    title: `keras_loss.py, ${title}`,
    env: 'tensorflow',
    runner: ['program_keras.py', way],
    seconds: 14,
  })

/** The programs that ship, each as a row of the matrix: what computes is a runtime that stands there already. */
export const shipped: readonly Runtime[] = [
  overRuntime({
    name: 'torch-program',
    title: 'torch_loss.py, PyTorch',
    env: 'onnx2torch',
    runner: ['program_torch.py'],
    seconds: 8,
  }),
  overRuntime({
    name: 'jax-program',
    title: 'jax_loss.py, JAX under jit',
    env: 'jax',
    runner: ['program_jax.py'],
    seconds: 8,
  }),
  keras('tape', 'a tape under tf.function'),
  keras('added', 'add_loss under fit'),
  keras('compiled', 'the loss of compile under fit'),
  {
    name: 'numpy-program',
    title: 'numpy_loop.py, one step',
    engine: 'ONNX Runtime',
    env: 'onnxruntime-1.32.0',
    runner: ['program_numpy.py'],
    diets: [{ form: 'compact', modes: ['program'] }],
    seconds: 45,
  },
  {
    name: 'page-program',
    title: 'page.html in Chromium',
    engine: 'ONNX Runtime, wasm in a browser',
    env: 'onnxruntime-web',
    runner: ['program_page.ts'],
    debian: { chromium: 'chromium' },
    diets: [{ form: 'compact', modes: ['program'] }],
    seconds: 60,
  },
  {
    name: 'openvino-program',
    title: 'openvino_loss.cpp',
    engine: 'OpenVINO',
    env: 'openvino',
    runner: ['program_openvino.py'],
    debian: { 'g++': 'g++' },
    diets: [{ form: 'static', modes: ['program'] }],
    seconds: 30,
  },
]
