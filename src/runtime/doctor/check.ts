import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Installed } from '../installed.js'
import { type Provider, providerNames } from '../providers/all.js'
import { cudaLibraries } from '../providers/cuda.js'
import { libraryAt } from './elf.js'
import { leftovers } from './leftovers.js'
import { type Provider as CudaProvider, providerIn } from './setup/provider.js'
import { libraryVersion } from './setup/version.js'
import { findLibrary, type System } from './system.js'

/** One thing the doctor looked at. */
export interface Finding {
  readonly subject: 'node' | 'onnxruntime-node' | 'leftovers' | Provider
  readonly state: 'ok' | 'problem'
  readonly what: string
  /** The one command that mends it. */
  readonly remedy?: string
}

/** A finding about a known subject; a problem if there is something to mend. */
type Sight = Pick<Finding, 'what' | 'remedy'>

const oldestNode = [20, 19] as const

function node({ node: version }: System): Sight {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const recent = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
  return recent
    ? { what: `Node ${version}` }
    : { what: `Node ${version} is older than ${oldestNode.join('.')}`, remedy: `nvm install ${oldestNode[0]}` }
}

const install = 'npm install onnxruntime-node'

const runtime = ({ runtime: found }: System): Sight =>
  found ? { what: `version ${found.version}` } : { what: 'not installed', remedy: install }

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
function missingLibraries(binaries: string, { folders }: System): Sight[] {
  const missing = new Map<string, string>()
  for (const name of cudaLibraries)
    for (const library of libraryAt(join(binaries, name))?.needed ?? [])
      if (findLibrary(library, [binaries, ...folders]) === undefined) missing.set(library, name)
  return [...missing].map(([library, by]) => ({
    what: `${library}, which ${by} needs, is missing`,
    remedy: remedyFor(library),
  }))
}

function driver({ driver: version, gpus, folders }: System): Sight[] {
  const remedy = 'apt-get install nvidia-driver'
  if (version === undefined) return [{ what: 'no NVIDIA driver is loaded', remedy }]
  if (findLibrary('libcuda.so.1', folders) === undefined)
    return [{ what: 'libcuda.so.1, the library of the driver, is missing', remedy }]
  if (gpus.length === 0) return [{ what: `driver ${version} shows no GPU`, remedy: 'nvidia-smi' }]
  return [{ what: `driver ${version}` }, ...gpus.map((gpu) => ({ what: `GPU ${gpu}` }))]
}

/** The major version of CUDA that the provider was built for, from what it links. */
function cudaVersion(binaries: string): string {
  const needed = libraryAt(join(binaries, cudaLibraries[1]))?.needed ?? []
  const major = needed.map((n) => /^libcudart\.so\.(\d+)/.exec(n)?.[1]).find((v) => v !== undefined)
  return major === undefined ? '' : `, built for CUDA ${major}`
}

/** Who vouches for the libraries. */
function originOf(found: CudaProvider & { readonly kind: 'ours' | 'foreign' }): string {
  if (found.kind === 'ours')
    return found.stamp.published === null
      ? 'put there by setup-cuda on trust'
      : `as published in ${found.stamp.published}`
  if (found.published) return `as published in ${found.published.archive}`
  return 'not put there by setup-cuda, but by the install script of onnxruntime-node or by hand: its SHA-256 is not known'
}

function versionOf(found: CudaProvider & { readonly kind: 'ours' | 'foreign' }, binaries: string): string | undefined {
  const told = found.kind === 'ours' ? found.stamp.version : (found.published?.version ?? libraryVersion(binaries))
  return told === 'unknown' ? undefined : told
}

function cuda({ binaries, version: wanted }: Installed, system: System): Sight[] {
  const { platform, arch, published } = system
  if (platform !== 'linux' || arch !== 'x64') {
    const what = `onnxruntime-node has no CUDA provider for ${platform} ${arch}`
    return [{ what, remedy: 'yolo-loss verify --ep cpu' }]
  }
  const found = providerIn(binaries, published)
  const remedy = 'yolo-loss setup-cuda'
  if (found.kind === 'absent')
    return [{ what: `${found.missing.join(' and ')} not found beside onnxruntime-node`, remedy }]
  if (found.kind === 'broken') return [{ what: found.why, remedy }]
  const version = versionOf(found, binaries)
  if (version !== undefined && version !== wanted)
    return [{ what: `the provider is of onnxruntime ${version}, the runtime of ${wanted}`, remedy }]
  const what = `provider found, version ${version ?? 'not told'}${cudaVersion(binaries)}, ${originOf(found)}`
  return [{ what }, ...missingLibraries(binaries, system), ...driver(system)]
}

/** WebGPU is part of onnxruntime-node; on Linux it needs Vulkan. */
function webgpu(_: Installed, { platform, folders }: System): Sight[] {
  if (platform !== 'linux') return [{ what: 'part of onnxruntime-node' }]
  const vulkan = findLibrary('libvulkan.so.1', folders)
  if (vulkan === undefined) return [{ what: 'libvulkan.so.1 is missing', remedy: 'apt-get install libvulkan1' }]
  return [{ what: `${basename(vulkan)} found` }]
}

function cpu({ binaries }: Installed, { platform }: System): Sight[] {
  const there = platform !== 'linux' || existsSync(join(binaries, 'libonnxruntime.so.1'))
  if (there) return [{ what: 'provider found' }]
  return [{ what: 'libonnxruntime.so.1 is missing', remedy: 'npm install --force onnxruntime-node' }]
}

/** What is looked at once there is a runtime; a provider that is not among them is only tried. */
const checks: Readonly<Partial<Record<Provider, (found: Installed, system: System) => Sight[]>>> = { cpu, webgpu, cuda }

const checked = (provider: Provider, system: System): Sight[] =>
  system.runtime
    ? (checks[provider]?.(system.runtime, system) ?? [])
    : [{ what: 'onnxruntime-node is not installed', remedy: install }]

/** Looks at everything without running anything. */
export function examine(system: System): Finding[] {
  const about = (subject: Finding['subject'], sights: readonly Sight[]) =>
    sights.map((seen): Finding => ({ subject, state: seen.remedy === undefined ? 'ok' : 'problem', ...seen }))
  return [
    ...about('node', [node(system)]),
    ...about('onnxruntime-node', [runtime(system)]),
    ...providerNames.flatMap((provider) => about(provider, checked(provider, system))),
    ...about('leftovers', leftovers([system.folder, ...(system.runtime ? [system.runtime.root] : [])])),
  ]
}
