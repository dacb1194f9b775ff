import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { InputError } from '../io/index.js'
import { firstLine, ProviderError, withoutFolders } from './errors.js'
import { modelRefused, plainMessage } from './translate.js'

/** The execution providers one can ask for. */
export type Provider = 'cpu' | 'webgpu' | 'cuda'

/** How a shared library failed to load, in the words of the system's loader; undefined if it loads. */
function loaderMessage(library: string): string | undefined {
  try {
    // No addon: loading it ends in an error anyway, and only the loader's own message matters here.
    process.dlopen({ exports: {} }, library)
  } catch (error) {
    const text = firstLine((error as Error).message)
    return /self-register|not a valid Win32/.test(text) ? undefined : withoutFolders(text)
  }
  return undefined
}

/** What keeps the CUDA provider from loading; onnxruntime itself tells it only to its log. */
function cudaObstacle(): string | undefined {
  const windows = process.platform === 'win32'
  const files = ['onnxruntime_providers_shared', 'onnxruntime_providers_cuda']
  const names = files.map((f) => (windows ? `${f}.dll` : `lib${f}.so`))
  const root = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'))
  const folder = join(root, 'bin', 'napi-v6', process.platform, process.arch)
  const absent = names.filter((name) => !existsSync(join(folder, name)))
  if (absent.length > 0) return `${absent.join(' and ')} not found beside onnxruntime-node`
  return names.map((name) => loaderMessage(join(folder, name))).find((text) => text !== undefined)
}

const webgpuObstacle = (): string | undefined =>
  process.platform === 'linux' ? loaderMessage('libvulkan.so.1') : undefined

const remedies: Readonly<Record<Provider, string>> = {
  cpu: 'npm install onnxruntime-node',
  cuda:
    'yolo-loss setup-cuda puts the provider beside onnxruntime-node, and yolo-loss doctor --ep cuda tells what else is ' +
    'missing; or use --ep cpu',
  webgpu: 'install a driver for WebGPU (on Linux: libvulkan.so.1 and a Vulkan driver); or use --ep cpu',
}

const modelAtFault =
  /invalid model|could not find an implementation|unsupported model ir|opset \d+ is under|protobuf parsing failed|missing opset/i

/** The cause of a provider's absence, with the library that is missing where that can be found out. */
export function unavailableBecause(provider: Provider, message: string): string {
  const plain = plainMessage(message)
  if (provider === 'cuda' && /failed to load (shared )?library/i.test(message)) {
    return `not available: ${cudaObstacle() ?? plain}`
  }
  if (provider === 'webgpu' && /adapter/i.test(message)) {
    const obstacle = webgpuObstacle()
    return `not available: ${plain}${obstacle === undefined ? '' : ` (${obstacle})`}`
  }
  return `not available: ${plain}`
}

/** Tells whose fault it is that a session could not be created: the model's or the provider's. */
export function creationFailed(error: unknown, provider: Provider, file: string): InputError | ProviderError {
  const message = error instanceof Error ? error.message : String(error)
  if (/fallback to CPU EP has been explicitly disabled/.test(message)) {
    const what = `it cannot run every node of ${file}; onnxruntime would put some on the CPU`
    const remedy = 'use a graph made for this provider, or allow the fallback'
    return new ProviderError('E_PROVIDER_PLACEMENT', provider, what, remedy, error)
  }
  if (provider === 'cpu' || modelAtFault.test(message)) return modelRefused(error, file)
  const what = unavailableBecause(provider, message)
  return new ProviderError('E_PROVIDER_UNAVAILABLE', provider, what, remedies[provider], error)
}
