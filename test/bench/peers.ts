import { join } from 'node:path'
import { assignedInPython } from './host.js'
import {
  type Environment,
  type Found,
  findPython,
  here,
  lastWords,
  onHost,
  paddle,
  run,
  tensorflow,
  torch,
} from './python.js'
import type { Store } from './store.js'
import type { Absent, Maybe, Variant } from './variants.js'

/** Implementations by other means, as far as this machine has what they need. */
export interface Peers {
  variants(store: Store): Maybe[]
  /** Versions of what they run on. */
  readonly versions: Readonly<Record<string, string>>
  /** Those that were looked for in vain. */
  readonly missing: readonly Absent[]
}

export const noPeers: Peers = { variants: () => [], versions: {}, missing: [] }

/** The C kernel, compiled into `folder`. */
function buildFused(folder: string): Found {
  const compiler = process.env.CC ?? 'gcc'
  const file = join(folder, 'fused')
  const flags = ['-O3', '-march=native', '-ffast-math', '-fopenmp']
  const { ok, out } = run(compiler, ...flags, here('peers/fused.c'), '-o', file, '-lm')
  if (!ok) return { why: `${compiler} failed: ${lastWords(out)}` }
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
  const names = { dense: 'fused C', near: 'fused C, near cells only', boxes: 'fused C, near cells only, from boxes' }
  return Object.entries(names).map(([mode, name]) =>
    'why' in fused
      ? { name, why: fused.why }
      : { name, gradients: false, command: { file: fused.file, args: [store.folder, mode] }, tolerance: 1e-4 },
  )
}

/** One of the others: how to find what it needs, and what it then computes. */
interface Peer {
  readonly title: string
  find(folder: string): Found
  variants(found: Found, store: Store): Maybe[]
}

const inPython = (environment: Environment, variants: Peer['variants']): Peer => ({
  title: environment.title,
  find: () => findPython(environment),
  variants,
})

/** Forward and with the backward pass, by a worker that is told which. */
function bothPasses(name: string, worker: string, more: Pick<Variant, 'tolerance' | 'task'>): Peer['variants'] {
  const passes = { forward: name, both: `${name} + backward` }
  return (python, { folder }) =>
    Object.entries(passes).map(([pass, name]) => {
      if ('why' in python) return { name, why: python.why }
      const command = { file: python.file, args: ['-B', here(worker), folder, pass] }
      return { name, gradients: pass === 'both', command, ...more }
    })
}

const anotherLoss = { tolerance: Number.POSITIVE_INFINITY, task: 'another loss' } as const

const peers = {
  torch: inPython(torch, (python, store) => torchRuns.map((run) => torchVariant(python, store, run))),
  c: { title: 'C', find: buildFused, variants: fusedVariants },
  paddle: inPython(paddle, bothPasses('Paddle, another loss', 'peers/paddle_worker.py', anotherLoss)),
  tensorflow: inPython(
    tensorflow,
    bothPasses('TensorFlow, the original anew', 'peers/tensorflow_worker.py', { tolerance: 1e-4 }),
  ),
  host: inPython(onHost, assignedInPython),
} satisfies Record<string, Peer>

export type PeerName = keyof typeof peers
export const peerNames = Object.keys(peers) as PeerName[]

/** Looks once for what each peer needs. `folder` takes what is compiled. */
export function findPeers(folder: string, names: readonly PeerName[] = peerNames): Peers {
  const found = names.map((name): [Peer, Found] => [peers[name], peers[name].find(folder)])
  const missing = found.flatMap(([{ title }, result]) => ('why' in result ? [{ name: title, why: result.why }] : []))
  const version = (result: Found) => ('why' in result ? `absent: ${result.why}` : result.version)
  return {
    variants: (store) => found.flatMap(([peer, result]) => peer.variants(result, store)),
    versions: Object.fromEntries(found.map(([{ title }, result]) => [title, version(result)])),
    missing,
  }
}
