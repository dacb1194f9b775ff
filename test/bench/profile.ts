import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Provider } from '../../src/runtime/providers/all.js'
import { type BenchCase, makeData } from './cases.js'
import { columns } from './report.js'
import { spreadOf } from './stats.js'
import { type Store, store } from './store.js'
import { type Form, graphBytes, ortCommand } from './variants.js'
import { Worker } from './worker.js'

/** Something that happened in a run, as onnxruntime's profile has it; times in µs. */
export interface ProfileEvent {
  readonly cat: string
  readonly name: string
  readonly ts?: number
  readonly dur: number
  readonly args: { readonly op_name?: string; readonly provider?: string; readonly node_index?: string }
}

export interface OpTime {
  readonly op: string
  readonly nodes: number
  /** Sum over these nodes of each one's median, in ms. */
  readonly ms: number
}

export interface Profile {
  /** Median of a run without the profiler, in ms. */
  readonly wall: number
  readonly kernels: number
  readonly nodes: number
  readonly ops: readonly OpTime[]
}

const runs = 30

/** Runs a graph many times in a process of its own, after once untimed; ns each, and the process may be told to profile. */
async function timed(files: Store, graph: string, provider: Provider, count: number, ...prefix: string[]) {
  const worker = await Worker.start(ortCommand(files, graph, provider, ...prefix))
  try {
    return await worker.ask(`run ${count}`)
  } finally {
    await worker.stop()
  }
}

/** What onnxruntime's profiler writes of `count` runs of a graph, and one before them to warm up. */
export async function profileOf(files: Store, graph: string, provider: Provider, count: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'yolo-loss-profile-'))
  try {
    await timed(files, graph, provider, count, join(folder, 'run'))
    return readFileSync(join(folder, readdirSync(folder)[0] ?? ''), 'utf8')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Where the time of a form goes: kernel time by operator, beside the wall time of a run that is not profiled. */
export async function profile(form: Form, bench: BenchCase, gradients: boolean): Promise<Profile> {
  const data = makeData(bench)
  const files = store(data)
  try {
    const graph = files.write('profiled.onnx', graphBytes(form, data, gradients ? ['gradients'] : []))
    const wall = spreadOf(await timed(files, graph, 'cpu', runs)).median / 1e6
    return { wall, ...summary(JSON.parse(await profileOf(files, graph, 'cpu', runs)) as ProfileEvent[]) }
  } finally {
    files.remove()
  }
}

export function grouped<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item])
  return groups
}

const suffix = '_kernel_time'

/** One node: its operator, the provider that ran it, and the median of its times in ms. */
export interface NodeTime {
  readonly op: string
  readonly provider: string
  readonly ms: number
}

export function nodeTimes(events: readonly ProfileEvent[]): NodeTime[] {
  const ran = events.filter(({ cat, name }) => cat === 'Node' && name.endsWith(suffix))
  return [...grouped(ran, ({ name, args }) => `${name} ${args.node_index} ${args.provider}`).values()].map((of) => ({
    op: of[0]?.args.op_name ?? '',
    provider: of[0]?.args.provider ?? '',
    ms: spreadOf(of.map(({ dur }) => dur)).median / 1000,
  }))
}

export const total = (of: readonly { ms: number }[]): number => of.reduce((sum, { ms }) => sum + ms, 0)

function summary(events: readonly ProfileEvent[]): Omit<Profile, 'wall'> {
  const nodes = nodeTimes(events)
  const ops = [...grouped(nodes, ({ op }) => op)].map(([op, of]) => ({ op, nodes: of.length, ms: total(of) }))
  return { kernels: total(nodes), nodes: nodes.length, ops: ops.sort((a, b) => b.ms - a.ms) }
}

export function profileText({ wall, kernels, nodes, ops }: Profile): string {
  const head = `wall ${wall.toFixed(2)} ms; kernels, while profiled, ${kernels.toFixed(2)} ms in ${nodes} nodes`
  const rows = ops.map(({ op, nodes, ms }) => [op, ms.toFixed(3), `${nodes}`, `${((100 * ms) / kernels).toFixed(0)} %`])
  return [head, ...columns([['operator', 'ms', 'nodes', 'share'], ...rows])].join('\n')
}
