import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Store } from './store.js'
import type { Maybe } from './variants.js'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const project = here('../..')

/** Implementations by other means, as far as this machine has what they need. */
export interface Peers {
  variants(store: Store): Maybe[]
  /** Versions of what they run on. */
  readonly versions: Readonly<Record<string, string>>
}

export const noPeers: Peers = { variants: () => [], versions: {} }

export type Found = { readonly file: string; readonly version: string } | { readonly why: string }

export function run(file: string, ...args: string[]): { ok: boolean; out: string } {
  const { status, stdout, stderr, error } = spawnSync(file, args, { encoding: 'utf8' })
  return { ok: status === 0, out: (stdout || stderr || error?.message || '').trim() }
}

/** Python with PyTorch, installed into `.venv` at the project root when it is not there. */
function findPython(): Found {
  const file = process.env.BENCH_PYTHON ?? join(project, '.venv/bin/python')
  const version = () => run(file, '-c', 'import torch; print(torch.__version__)')
  if (!existsSync(file)) {
    if (!run('python3', '--version').ok) return { why: 'there is no python3' }
    console.error('Installing PyTorch into .venv …')
    const made = run('python3', '-m', 'venv', join(project, '.venv'))
    if (!made.ok) return { why: `python3 -m venv failed: ${made.out.slice(-200)}` }
  }
  if (!version().ok) {
    const needs = here('../others/torch/requirements.txt')
    const installed = run(file, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', needs)
    if (!installed.ok) return { why: `PyTorch could not be installed: ${installed.out.slice(-200)}` }
  }
  const { ok, out } = version()
  return ok ? { file, version: out } : { why: `PyTorch cannot be imported: ${out.slice(-200)}` }
}

/** The C kernel, compiled into `folder`. */
function buildFused(folder: string): Found {
  const compiler = process.env.CC ?? 'gcc'
  const file = join(folder, 'fused')
  const flags = ['-O3', '-march=native', '-ffast-math', '-fopenmp']
  const { ok, out } = run(compiler, ...flags, here('peers/fused.c'), '-o', file, '-lm')
  if (!ok) return { why: `${compiler} failed: ${out.slice(-200)}` }
  return { file, version: run(compiler, '--version').out.split('\n')[0] ?? '' }
}

const styles = ['literal', 'vectorised'] as const
const modes = ['eager', 'compiled'] as const

/** How PyTorch computes the loss. */
export interface TorchRun {
  readonly style: (typeof styles)[number]
  readonly mode: (typeof modes)[number]
  readonly gradients: boolean
  readonly device?: 'cpu' | 'cuda'
  /** Take inputs from host memory and gradients back there in every run, as Node must. */
  readonly transfer?: boolean
}

/** Every style and mode, with and without the backward pass. */
export const torchRuns: readonly TorchRun[] = [false, true].flatMap((gradients) =>
  styles.flatMap((style) => modes.map((mode) => ({ style, mode, gradients }))),
)

const torchName = ({ style, mode, gradients, transfer }: TorchRun): string =>
  `PyTorch ${mode}, ${style}${gradients ? ' + backward' : ''}${transfer ? ', with transfer' : ''}`

export function torchVariant(python: Found, store: Store, run: TorchRun): Maybe {
  const name = torchName(run)
  if ('why' in python) return { name, why: python.why }
  const { style, mode, gradients, device = 'cpu', transfer } = run
  const how = [style, gradients ? 'both' : 'forward', mode, device, ...(transfer ? ['transfer'] : [])]
  const command = { file: python.file, args: ['-B', here('peers/torch_worker.py'), store.folder, ...how] }
  return { name, gradients, command, tolerance: 1e-5 }
}

function fusedVariants(fused: Found, store: Store): Maybe[] {
  const names = { dense: 'fused C', near: 'fused C, near cells only' }
  return Object.entries(names).map(([mode, name]) =>
    'why' in fused
      ? { name, why: fused.why }
      : { name, gradients: false, command: { file: fused.file, args: [store.folder, mode] }, tolerance: 1e-4 },
  )
}

/** Looks for Python and a C compiler once. `folder` takes what is compiled. */
export function findPeers(folder: string): Peers {
  const [python, fused] = [findPython(), buildFused(folder)]
  const version = (found: Found) => ('why' in found ? `absent: ${found.why}` : found.version)
  return {
    variants: (store) => [...torchRuns.map((run) => torchVariant(python, store, run)), ...fusedVariants(fused, store)],
    versions: { PyTorch: version(python), C: version(fused) },
  }
}
