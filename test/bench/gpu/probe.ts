import { Graph } from '../../../src/onnx/graph/graph.js'
import { add } from '../../../src/onnx/ops/elementwise.js'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import { defaultLimits } from '../../../src/runtime/isolation/child.js'
import { Isolate } from '../../../src/runtime/isolation/isolate.js'
import type { Provider } from '../../../src/runtime/providers/all.js'

/** Adds two numbers on the provider, in a process of its own. @throws the error of the provider, with its exit code */
export async function probe(provider: Provider): Promise<void> {
  const graph = new Graph()
  const x = graph.input('x', 'float32', [2])
  const model = encodeModel(graph.build({ y: add(x, x) }))
  const feeds = [{ x: { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } as const }]
  const isolate = new Isolate({ provider, limits: defaultLimits })
  try {
    await isolate.run({ file: 'a test graph', model, session: { provider }, feeds, placement: 'strict' })
  } finally {
    isolate.close()
  }
}

/** Whether WebGPU runs on a driver that computes on the processor. */
export function isSoftware(provider: Provider): boolean {
  const driver = process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES ?? ''
  return provider === 'webgpu' && /swiftshader|lvp|lavapipe/i.test(driver)
}

/** What is missing and what to do about it, in one line. */
export function absence(provider: Provider, error: unknown): string {
  const [what = '', hint = ''] = (error as Error).message.split('\n')
  const remedy = hint.replace(/^\s*hint: /, '').replace('; or use --ep cpu', '')
  const software = provider === 'webgpu' ? '; or npm run bench:webgpu, which brings a software driver' : ''
  return `${what}; ${remedy}${software}`
}
