import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { neededBy } from './elf.js'
import { findLibrary, type System } from './system.js'
import { libraryVersion } from './version.js'

/** One thing the doctor looked at. */
export interface Finding {
  readonly subject: 'node' | 'onnxruntime-node' | 'cpu' | 'webgpu' | 'cuda'
  readonly state: 'ok' | 'problem'
  readonly what: string
  /** The one command that mends it. */
  readonly remedy?: string
}

type Subject = Finding['subject']

const ok = (subject: Subject, what: string): Finding => ({ subject, state: 'ok', what })
const problem = (subject: Subject, what: string, remedy: string): Finding => ({
  subject,
  state: 'problem',
  what,
  remedy,
})

const oldestNode = [20, 19] as const

function node({ node: version }: System): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const recent = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
  return recent
    ? ok('node', `Node ${version}`)
    : problem('node', `Node ${version} is older than 20.19`, 'nvm install 20')
}

function runtime({ runtime: found }: System): Finding {
  if (!found) return problem('onnxruntime-node', 'not installed', 'npm install onnxruntime-node')
  return ok('onnxruntime-node', `version ${found.version}`)
}

/** The libraries of the CUDA provider. */
export const cudaLibraries = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'] as const

/** Which command installs a library that the loader does not find; packages as NVIDIA's repository and Debian name them. */
function remedyFor(library: string): string {
  const major = /\.so\.(\d+)/.exec(library)?.[1] ?? ''
  if (library.startsWith('libcuda.so')) return 'apt-get install nvidia-driver'
  if (library.startsWith('libcudnn')) return 'apt-get install cudnn9-cuda-13  (cudnn9-cuda-12 for CUDA 12)'
  if (/^lib(cudart|cublas|curand|nvrtc|cusparse|cusolver|cufft|nvJitLink)/.test(library)) {
    // cuFFT counts one behind the toolkit: 11 is CUDA 12.
    const toolkit = library.startsWith('libcufft') ? Number(major) + 1 : Number(major)
    return `apt-get install cuda-libraries-${toolkit >= 13 ? '13-0' : '12-8'}`
  }
  return `apt-file search ${library}`
}

/** What each provider library asks for and nobody has. */
function missingLibraries(binaries: string, { folders }: System): Finding[] {
  const missing = new Map<string, string>()
  for (const name of cudaLibraries) {
    const path = join(binaries, name)
    const needed = neededBy(path)
    if (needed === undefined) {
      return [problem('cuda', `${name} is no shared library, or damaged`, 'yolo-loss setup-cuda --force')]
    }
    for (const library of needed) {
      if (findLibrary(library, [binaries, ...folders]) === undefined) missing.set(library, name)
    }
  }
  return [...missing].map(([library, by]) =>
    problem('cuda', `${library}, which ${by} needs, is missing`, remedyFor(library)),
  )
}

function driver({ driver: version, gpus, folders }: System): Finding[] {
  const library = findLibrary('libcuda.so.1', folders)
  if (version === undefined || library === undefined) {
    const what =
      version === undefined ? 'no NVIDIA driver is loaded' : 'libcuda.so.1, the library of the driver, is missing'
    return [problem('cuda', what, 'apt-get install nvidia-driver')]
  }
  if (gpus.length === 0) return [problem('cuda', `driver ${version} shows no GPU`, 'nvidia-smi')]
  return [ok('cuda', `driver ${version}`), ...gpus.map((gpu) => ok('cuda', `GPU ${gpu}`))]
}

/** The major version of CUDA that the provider was built for, from what it links. */
function cudaVersion(binaries: string): string {
  const needed = neededBy(join(binaries, cudaLibraries[1])) ?? []
  const major = needed.map((n) => /^libcudart\.so\.(\d+)/.exec(n)?.[1]).find((v) => v !== undefined)
  return major === undefined ? '' : `, built for CUDA ${major}`
}

function cuda(system: System): Finding[] {
  const { runtime: found, platform, arch } = system
  if (!found) return [problem('cuda', 'onnxruntime-node is not installed', 'npm install onnxruntime-node')]
  if (platform !== 'linux' || arch !== 'x64') {
    return [
      problem('cuda', `onnxruntime-node has no CUDA provider for ${platform} ${arch}`, 'yolo-loss verify --ep cpu'),
    ]
  }
  const absent = cudaLibraries.filter((name) => !existsSync(join(found.binaries, name)))
  if (absent.length > 0) {
    return [problem('cuda', `${absent.join(' and ')} not found beside onnxruntime-node`, 'yolo-loss setup-cuda')]
  }
  const version = libraryVersion(found.binaries)
  if (version !== undefined && version !== found.version) {
    const what = `the provider is of onnxruntime ${version}, the runtime of ${found.version}`
    return [problem('cuda', what, 'yolo-loss setup-cuda --force')]
  }
  const head = ok('cuda', `provider found, version ${version ?? 'not told'}${cudaVersion(found.binaries)}`)
  return [head, ...missingLibraries(found.binaries, system), ...driver(system)]
}

/** WebGPU is part of onnxruntime-node; on Linux it needs Vulkan. */
function webgpu({ runtime: found, platform, folders }: System): Finding[] {
  if (!found) return [problem('webgpu', 'onnxruntime-node is not installed', 'npm install onnxruntime-node')]
  if (platform !== 'linux') return [ok('webgpu', 'part of onnxruntime-node')]
  const vulkan = findLibrary('libvulkan.so.1', folders)
  if (vulkan === undefined) return [problem('webgpu', 'libvulkan.so.1 is missing', 'apt-get install libvulkan1')]
  return [ok('webgpu', `${basename(vulkan)} found`)]
}

function cpu({ runtime: found, platform }: System): Finding {
  if (!found) return problem('cpu', 'onnxruntime-node is not installed', 'npm install onnxruntime-node')
  const there = platform !== 'linux' || existsSync(join(found.binaries, 'libonnxruntime.so.1'))
  return there
    ? ok('cpu', 'provider found')
    : problem('cpu', 'libonnxruntime.so.1 is missing', 'npm install --force onnxruntime-node')
}

/** Looks at everything without running anything. */
export const examine = (system: System): Finding[] => [
  node(system),
  runtime(system),
  cpu(system),
  ...webgpu(system),
  ...cuda(system),
]
