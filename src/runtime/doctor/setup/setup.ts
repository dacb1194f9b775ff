import { basename, join } from 'node:path'
import { inTemporaryFolder, writeFolder } from '../../../io/index.js'
import type { Installed } from '../../installed.js'
import { cudaLibraries } from '../../providers/cuda.js'
import type { Published } from '../published.table.js'
import type { System } from '../system.js'
import { SetupError } from './error.js'
import { providerIn, publishedAs, type Stamp, stampName, sumsIn, whyNoProvider } from './provider.js'
import { type Install, officialInstall, type Taken, takeFrom, takeOfficial } from './take.js'

export interface SetupOptions {
  /** Folder, wheel or NuGet package with the libraries; default is the feed of onnxruntime-node. */
  readonly from?: string
  /** Replaces a provider that is there already. */
  readonly force?: boolean
  /** Takes libraries of which no published SHA-256 is known here, and of which nothing tells the version. */
  readonly trust?: boolean
  /** Runs the install script; tests pass another. */
  readonly install?: Install
}

function checkVersion({ from, version }: Taken, wanted: string, trust: boolean): void {
  if (version === wanted || (version === undefined && trust)) return
  const what = version === undefined ? 'nothing tells its version' : `it is of onnxruntime ${version}`
  const remedy = version === undefined ? 'if you know it, and trust its source, --trust' : `take version ${wanted}`
  throw new SetupError(from, `${what}; the runtime is ${wanted}`, remedy)
}

/**
 * Looks at libraries before they take the place of any.
 * @returns what to note of them
 * @throws SetupError for what is no provider, of another version, or not known and not trusted
 */
function judged(taken: Taken, version: string, table: readonly Published[], trust: boolean): Stamp {
  const why = whyNoProvider(taken.folder)
  if (why !== undefined) throw new SetupError(taken.from, why, 'take the package as it was published')
  const sha256 = sumsIn(taken.folder)
  const known = publishedAs(sha256, table)
  // A sum tells the version better than a name beside it.
  checkVersion({ ...taken, version: known?.version ?? taken.version }, version, trust)
  if (!known && !trust) {
    const cuda = cudaLibraries[1]
    const what = `the SHA-256 of its ${cuda} is none of those known to be published (${sha256[cuda]})`
    const wheels = `take a wheel of onnxruntime-gpu ${version} from the Python Package Index`
    throw new SetupError(taken.from, what, `${wheels}, or --trust if you trust where this is from`)
  }
  const published = known?.archive ?? null
  return { version: known?.version ?? taken.version ?? 'unknown', from: basename(taken.from), published, sha256 }
}

const stampText = (stamp: Stamp): string => `${JSON.stringify(stamp, null, 2)}\n`

/** The old stamp goes first and the new one comes last: between them there is no provider that anybody set up. */
async function putInPlace({ folder }: Taken, stamp: Stamp, { binaries }: Installed): Promise<string[]> {
  await writeFolder(binaries, async (output) => {
    for (const name of cudaLibraries) await output.move(join(folder, name), join(binaries, name))
    await output.write(join(binaries, stampName), stampText(stamp))
  })
  const known = stamp.published === null ? 'taken on trust' : `with the SHA-256 of ${stamp.published}`
  return [
    ...cudaLibraries.map((name) => `put ${name} beside onnxruntime-node`),
    `from ${stamp.from}, version ${stamp.version === 'unknown' ? 'not told' : stamp.version}, ${known}`,
  ]
}

/** What is said where nothing has to be fetched; undefined where something has to be. */
async function asItIs({ binaries, version }: Installed, table: readonly Published[]): Promise<string | undefined> {
  const found = providerIn(binaries, table)
  if (found.kind === 'ours' && [version, 'unknown'].includes(found.stamp.version))
    return `nothing done: the provider is there already (version ${found.stamp.version}); --force replaces it`
  if (found.kind !== 'foreign' || found.published?.version !== version) return undefined
  const { archive } = found.published
  const stamp = { version, from: 'what was there', published: archive, sha256: found.sha256 }
  await writeFolder(binaries, (output) => output.write(join(binaries, stampName), stampText(stamp)))
  return `the provider is there already, as published in ${archive}: noted in ${stampName}`
}

/**
 * Puts the CUDA provider beside onnxruntime-node, the official way or from a folder, wheel or NuGet package. All of it
 * is looked at before anything is replaced, and all of it is replaced or nothing.
 * @returns what was done, in lines of text
 * @throws SetupError when there is no runtime, nothing to take, or what there is is not what was published for the
 *   runtime; InputError for a broken archive or a pipe; WriteError when the system refuses
 */
export async function setUpCuda(system: System, options: SetupOptions): Promise<string[]> {
  const { runtime, platform, arch, published } = system
  const { from, force = false, trust = false, install = officialInstall } = options
  if (!runtime) throw new SetupError('onnxruntime-node', 'not installed', 'npm install onnxruntime-node')
  if (platform !== 'linux' || arch !== 'x64') {
    const what = `onnxruntime-node has no CUDA provider for ${platform} ${arch}`
    throw new SetupError('CUDA provider', what, 'use --ep cpu or --ep webgpu')
  }
  const done = force ? undefined : await asItIs(runtime, published)
  if (done !== undefined) return [done]
  return inTemporaryFolder(runtime.root, async (staging) => {
    const taken = await (from === undefined ? takeOfficial(runtime, staging, install) : takeFrom(from, staging))
    return putInPlace(taken, judged(taken, runtime.version, published, trust), runtime)
  })
}
