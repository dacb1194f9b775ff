import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Fault, isFolder } from '../io/index.js'
import { cudaLibraries, type Installed } from '../runtime/index.js'
import type { System } from './system.js'
import { archiveVersion, libraryVersion, stampName } from './version.js'

/** The CUDA provider could not be set up. Exit code 4. */
export class SetupError extends Fault {
  override readonly name = 'SetupError'

  constructor(where: string, what: string, remedy: string) {
    super('runtime', 'E_SETUP', { where, what, remedy })
  }
}

export interface SetupOptions {
  /** Folder, wheel or NuGet package with the libraries; default is the feed of onnxruntime-node. */
  readonly from?: string
  /** Replaces libraries that are there, and takes those of which nothing tells the version. */
  readonly force?: boolean
  /** Unpacks an archive into a folder and gives it back. */
  readonly unpack: (archive: string, names: readonly string[]) => Promise<string>
  /** Runs the install script; tests pass another. */
  readonly install?: (root: string) => { readonly status: number | null; readonly text: string }
}

/** Where the packages of onnxruntime keep the libraries, below the folder that is named. */
const places = ['', 'lib', 'runtimes/linux-x64/native', 'onnxruntime/capi', 'capi']

const holds = (folder: string): boolean => cudaLibraries.every((name) => existsSync(join(folder, name)))

/** The script that onnxruntime-node runs itself when it is installed. */
function officialInstall(root: string) {
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'cuda12' }
  const { status, stdout, stderr } = spawnSync(process.execPath, ['script/install.js'], {
    cwd: root,
    env,
    encoding: 'utf8',
  })
  return { status, text: `${stdout ?? ''}${stderr ?? ''}` }
}

function fetchOfficial(
  { root, binaries, version }: Installed,
  install: NonNullable<SetupOptions['install']>,
): string[] {
  const { status, text } = install(root)
  if (status === 0 && holds(binaries)) {
    return [`fetched ${cudaLibraries.join(' and ')} with the install script of onnxruntime-node ${version}`]
  }
  const line = text.split('\n').find((l) => /error|fail/i.test(l)) ?? `its install script ended with ${status}`
  const remedy = `on a machine with network, pip download --no-deps onnxruntime-gpu==${version}; then --from that wheel`
  throw new SetupError('CUDA provider', `could not be fetched: ${line.trim()}`, remedy)
}

function checkVersion(from: string, found: string | undefined, { version }: Installed, force: boolean): void {
  if (found === version) return
  if (found === undefined && force) return
  const what = found === undefined ? 'nothing tells its version' : `it is of onnxruntime ${found}`
  const remedy = found === undefined ? 'if you know it, --force' : `take version ${version}`
  throw new SetupError(from, `${what}; the runtime is ${version}`, remedy)
}

/** Copied beside the target and renamed, so that an interrupted copy is never taken for a library. */
function copy(source: string, target: string): string {
  const temporary = `${target}.${process.pid}`
  try {
    copyFileSync(source, temporary)
    renameSync(temporary, target)
  } finally {
    rmSync(temporary, { force: true })
  }
  return `copied ${basename(target)} (${statSync(target).size} bytes)`
}

function copyFrom(from: string, folder: string, version: string | undefined, runtime: Installed): string[] {
  const found = places.map((place) => join(folder, place)).find(holds)
  if (found === undefined) {
    throw new SetupError(from, `does not hold ${cudaLibraries.join(' and ')}`, 'name the folder or package that does')
  }
  const lines = cudaLibraries.map((name) => copy(join(found, name), join(runtime.binaries, name)))
  const stamp = { version: version ?? 'unknown', from: basename(from) }
  writeFileSync(join(runtime.binaries, stampName), `${JSON.stringify(stamp, null, 2)}\n`)
  return [...lines, `version ${version ?? 'not told'}, as the runtime wants it`]
}

async function takeFrom(from: string, runtime: Installed, { force = false, unpack }: SetupOptions): Promise<string[]> {
  if (!existsSync(from)) throw new SetupError(from, 'there is no such file or folder', 'check the path')
  if (isFolder(from)) {
    const folder = places.map((place) => join(from, place)).find(holds) ?? from
    const version = libraryVersion(folder)
    if (holds(folder)) checkVersion(from, version, runtime, force)
    return copyFrom(from, from, version, runtime)
  }
  const version = archiveVersion(from)
  checkVersion(from, version, runtime, force)
  const folder = await unpack(from, cudaLibraries)
  try {
    return copyFrom(from, folder, version, runtime)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Puts the CUDA provider beside onnxruntime-node, the official way or from a folder, wheel or NuGet package.
 * @returns what was done, in lines of text
 * @throws SetupError when there is no runtime, nothing to take, or another version than the runtime's
 */
export async function setUpCuda({ runtime, platform, arch }: System, options: SetupOptions): Promise<string[]> {
  if (!runtime) throw new SetupError('onnxruntime-node', 'not installed', 'npm install onnxruntime-node')
  if (platform !== 'linux' || arch !== 'x64') {
    const what = `onnxruntime-node has no CUDA provider for ${platform} ${arch}`
    throw new SetupError('CUDA provider', what, 'use --ep cpu or --ep webgpu')
  }
  if (holds(runtime.binaries) && !options.force) {
    const version = libraryVersion(runtime.binaries) ?? 'not told'
    return [`nothing done: the provider is there already (version ${version}); --force replaces it`]
  }
  if (options.from === undefined) return fetchOfficial(runtime, options.install ?? officialInstall)
  return takeFrom(options.from, runtime, options)
}
