import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Installed, installedRuntime } from '../installed.js'
import { type Published, published } from './published.table.js'

/** What the doctor looks at; tests hand it a made-up one. */
export interface System {
  readonly platform: string
  readonly arch: string
  readonly node: string
  readonly runtime: Installed | undefined
  /** Folders the loader searches, in order. */
  readonly folders: readonly string[]
  /** Version of NVIDIA's driver in the kernel; undefined without one. */
  readonly driver: string | undefined
  /** Names of the GPUs that the driver shows. */
  readonly gpus: readonly string[]
  /** The current folder. */
  readonly folder: string
  /** Builds of the CUDA provider whose sums are known. */
  readonly published: readonly Published[]
}

const output = (command: string, ...args: string[]): string =>
  spawnSync(command, args, { encoding: 'utf8', timeout: 10_000 }).stdout ?? ''

/** Where Linux looks for libraries: what the user says, then the loader's own list, then the usual places. */
function linuxFolders(env: NodeJS.ProcessEnv): string[] {
  const cached = [...output('ldconfig', '-p').matchAll(/=> (\/.*)\/[^/]+$/gm)].map((m) => m[1] as string)
  const own = (env.LD_LIBRARY_PATH ?? '').split(':').filter((folder) => folder !== '')
  return [...new Set([...own, ...cached, '/usr/lib/x86_64-linux-gnu', '/lib/x86_64-linux-gnu', '/usr/lib', '/lib'])]
}

function driverVersion(): string | undefined {
  const file = '/proc/driver/nvidia/version'
  if (!existsSync(file)) return undefined
  return /Kernel Module\D+([\d.]+)/.exec(readFileSync(file, 'utf8'))?.[1] ?? 'unknown'
}

/** This machine. */
export function thisSystem(): System {
  const { platform, arch } = process
  const gpus = output('nvidia-smi', '--query-gpu=name,memory.total', '--format=csv,noheader')
  return {
    platform,
    arch,
    node: process.versions.node,
    runtime: installedRuntime(),
    folders: platform === 'linux' ? linuxFolders(process.env) : [],
    driver: driverVersion(),
    folder: process.cwd(),
    published,
    gpus: gpus.split('\n').filter((line) => line.trim() !== '' && !/fail|error/i.test(line)),
  }
}

/** The first folder that holds a library. */
export const findLibrary = (name: string, folders: readonly string[]): string | undefined =>
  folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
