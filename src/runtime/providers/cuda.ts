import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { installedRuntime } from '../installed.js'
import { loaderMessage } from './loader.js'
import type { ProviderRecord } from './record.js'

const libraryFile = (name: string): string => (process.platform === 'win32' ? `${name}.dll` : `lib${name}.so`)

/** The libraries of the provider, the one that other libraries are linked to last. */
export const cudaLibraries = [
  libraryFile('onnxruntime_providers_shared'),
  libraryFile('onnxruntime_providers_cuda'),
] as const

/** NVIDIA's; its libraries come apart from onnxruntime-node. */
export const cuda: ProviderRecord = {
  profiled: 'CUDAExecutionProvider',
  onDevice: (deviceId) => ({ name: 'cuda', deviceId }),
  remedy:
    'yolo-loss setup-cuda puts the provider beside onnxruntime-node, and yolo-loss doctor --ep cuda tells what else is ' +
    'missing; or use --ep cpu',
  /** onnxruntime itself tells it only to its log. */
  obstacle(message) {
    if (!/failed to load (shared )?library/i.test(message)) return undefined
    const folder = installedRuntime()?.binaries ?? ''
    const absent = cudaLibraries.filter((name) => !existsSync(join(folder, name)))
    if (absent.length > 0) return `${absent.join(' and ')} not found beside onnxruntime-node`
    return cudaLibraries.map((name) => loaderMessage(join(folder, name))).find((text) => text !== undefined)
  },
  /** Exp and Log keep 2 ulp. Source: CUDA C++ programming guide, "Mathematical functions". */
  rounding: 1,
  form: 'static',
  mapsMore: true,
  exact: { NVIDIA_TF32_OVERRIDE: '0' },
}
