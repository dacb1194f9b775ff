import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, existsSync, mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isFolder, quoted, readSize, type Unpacked, unzipInto, writeFailure } from '../../../io/index.js'
import type { Installed } from '../../installed.js'
import { cudaLibraries } from '../../providers/cuda.js'
import { smallText } from '../text.js'
import { SetupError } from './error.js'
import { isGpuPackage, isManifest, packageInfo } from './package.js'
import { libraryVersion } from './version.js'

/** Libraries that were brought into a folder of their own, and are not trusted yet. */
export interface Taken {
  readonly folder: string
  /** What they were taken from, for messages. */
  readonly from: string
  /** Of onnxruntime, as the package says; undefined where nothing tells. */
  readonly version: string | undefined
}

/** Runs the install script of onnxruntime-node, which finds its folders from where it lies. */
export type Install = (root: string) => { readonly status: number | null; readonly text: string }

/** Where the packages of onnxruntime keep the libraries, below the folder that is named. */
const places = ['', 'lib', 'runtimes/linux-x64/native', 'onnxruntime/capi', 'capi']

// The largest library of 1.30 has 260 MiB.
const largestLibrary = 2 ** 30
const largestManifest = 2 ** 20

const libraries: readonly string[] = cudaLibraries
const holds = (folder: string): boolean => libraries.every((name) => existsSync(join(folder, name)))

function refuseEmpty(from: string): never {
  throw new SetupError(from, `does not hold ${libraries.join(' and ')}`, 'name the folder or package that does')
}

/** @throws WriteError when the system refuses */
function writing(path: string, write: (path: string) => void): void {
  try {
    write(path)
  } catch (error) {
    throw writeFailure(error, path)
  }
}

/** @throws InputError for what is no regular file, or above the limit: it is not opened */
async function takeFolder(from: string, folder: string): Promise<Taken> {
  const found = places.map((place) => join(from, place)).find(holds) ?? refuseEmpty(from)
  for (const name of libraries) {
    await readSize(join(found, name), largestLibrary)
    writing(join(folder, name), (to) => copyFileSync(join(found, name), to))
  }
  return { folder, from, version: libraryVersion(found) }
}

function wanted(path: string): Unpacked | undefined {
  if (libraries.includes(basename(path))) return { name: basename(path), limit: largestLibrary }
  return isManifest(path) ? { name: 'manifest', limit: largestManifest } : undefined
}

async function takeArchive(from: string, folder: string): Promise<Taken> {
  const names = await unzipInto(folder, from, wanted)
  if (!libraries.every((name) => names.includes(name))) refuseEmpty(from)
  const info = packageInfo(smallText(join(folder, 'manifest')) ?? '')
  if (info && !isGpuPackage(info)) {
    const remedy = 'take onnxruntime-gpu, or Microsoft.ML.OnnxRuntime.Gpu.Linux'
    throw new SetupError(from, `is the package ${quoted(info.name)}, not one of onnxruntime for CUDA`, remedy)
  }
  return { folder, from, version: info?.version }
}

/** Takes the libraries from a folder, wheel or NuGet package. @throws SetupError; InputError for a broken archive */
export async function takeFrom(from: string, folder: string): Promise<Taken> {
  if (!existsSync(from)) throw new SetupError(from, 'there is no such file or folder', 'check the path')
  return isFolder(from) ? takeFolder(from, folder) : takeArchive(from, folder)
}

/** The script that onnxruntime-node runs itself when it is installed. */
export const officialInstall: Install = (root) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['script/install.js'], {
    cwd: root,
    // `cuda12`, which its comments name, it takes for no answer, and then does nothing for a project's own npm or npx.
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'true' },
    encoding: 'utf8',
  })
  return { status, text: `${stdout ?? ''}${stderr ?? ''}` }
}

/** What the install script says of its failure; some of its ways to give up are told as a success. */
function whyNot(status: number | null, text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const line = lines.find((own) => /error|fail/i.test(own)) ?? lines.at(-1)
  const said = line === undefined ? 'and said nothing' : `and said: ${line.trim()}`
  if (status === 0) return `the install script of onnxruntime-node took it that there is nothing to fetch, ${said}`
  if (status === null) return `the install script of onnxruntime-node was ended by a signal, ${said}`
  return line?.trim() ?? `the install script of onnxruntime-node failed (exit code ${status}), ${said}`
}

/**
 * Lets a copy of the install script fetch the libraries, so that they are looked at before they take the place of any.
 * @throws SetupError when it does not
 */
export function takeOfficial({ root, version }: Installed, staging: string, install: Install): Taken {
  const script = join(root, 'script')
  if (existsSync(script)) writing(join(staging, 'script'), (to) => cpSync(script, to, { recursive: true }))
  const folder = join(staging, 'bin', 'napi-v6', 'linux', 'x64')
  writing(folder, () => mkdirSync(folder, { recursive: true }))
  const { status, text } = install(staging)
  if (status === 0 && holds(folder))
    return { folder, from: `the install script of onnxruntime-node ${version}`, version }
  const remedy = `on a machine with network, pip download --no-deps onnxruntime-gpu==${version}; then --from that wheel`
  throw new SetupError('CUDA provider', `could not be fetched: ${whyNot(status, text)}`, remedy)
}
