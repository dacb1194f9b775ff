/** A program that ships. */
export interface ShippedProgram {
  /** The folder under `programs/`. */
  readonly language: 'python' | 'javascript' | 'browser' | 'cpp' | 'csharp'
  readonly words: string
}

/** The programs by name, and what each does. */
export const programs: Readonly<Record<string, ShippedProgram>> = {
  'torch_loss.py': { language: 'python', words: 'the loss as a function of PyTorch, by onnxruntime and autograd' },
  'jax_loss.py': { language: 'python', words: 'the same for JAX, under jit and grad' },
  'keras_loss.py': { language: 'python', words: 'the same for Keras over TensorFlow: add_loss, a loss, or a tape' },
  'numpy_loop.py': { language: 'python', words: 'train the last layer of a detector, by NumPy and onnxruntime alone' },
  'page.html': { language: 'browser', words: 'the loss and its gradient in a browser, by onnxruntime-web' },
  'openvino_loss.cpp': { language: 'cpp', words: 'the loss and its gradient in C++, by OpenVINO' },
  'Loss.cs': { language: 'csharp', words: 'the same in C#, by Microsoft.ML.OnnxRuntime; not run by our tests' },
  'step.mjs': { language: 'javascript', words: 'train with a step of attach --train, by onnxruntime-node' },
  'step.py': { language: 'python', words: 'the same in Python, by onnxruntime' },
  'ort-training.py': {
    language: 'python',
    words: 'train what attach --for ort-training wrote, by onnxruntime-training',
  },
  'onnx2torch-training.py': {
    language: 'python',
    words: 'train a PyTorch detector with an exported loss, by onnx2torch and autograd',
  },
}
