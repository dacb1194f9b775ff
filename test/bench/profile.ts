import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BenchCase, makeData } from './cases.js'
import { columns } from './report.js'
import { spreadOf } from './stats.js'
import { store } from './store.js'
import { type Form, graphBytes, ortCommand } from './variants.js'
import { Worker } from './worker.js'

/** One node of one run, as onnxruntime's profile has it. */
interface NodeEvent {
  readonly cat: string
  readonly name: string
  readonly dur: number
  readonly args: { readonly op_name?: string }
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

/** Where the time of a form goes: kernel time by operator, beside the wall time of a run that is not profiled. */
export async function profile(form: Form, bench: BenchCase, gradients: boolean): Promise<Profile> {
  const data = makeData(bench)
  const files = store(data)
  const folder = mkdtempSync(join(tmpdir(), 'yolo-loss-profile-'))
  try {
    const graph = files.write('profiled.onnx', graphBytes(form, data, gradients))
    const timed = async (...more: string[]) => {
      const worker = await Worker.start(ortCommand(files, graph, ...more))
      const times = await worker.ask(`run ${runs}`)
      await worker.stop()
      return spreadOf(times).median / 1e6
    }
    const wall = await timed()
    await timed(join(folder, 'run'))
    const text = readFileSync(join(folder, readdirSync(folder)[0] ?? ''), 'utf8')
    return { wall, ...summary(JSON.parse(text) as NodeEvent[]) }
  } finally {
    files.remove()
    rmSync(folder, { recursive: true })
  }
}

function grouped<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item])
  return groups
}

function summary(events: readonly NodeEvent[]): Omit<Profile, 'wall'> {
  const kernels = events.filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'))
  const nodes = [...grouped(kernels, ({ name }) => name).values()].map((of) => ({
    op: of[0]?.args.op_name ?? '',
    ms: spreadOf(of.map(({ dur }) => dur)).median / 1000,
  }))
  const total = (of: readonly { ms: number }[]) => of.reduce((sum, { ms }) => sum + ms, 0)
  const ops = [...grouped(nodes, ({ op }) => op)].map(([op, of]) => ({ op, nodes: of.length, ms: total(of) }))
  return { kernels: total(nodes), nodes: nodes.length, ops: ops.sort((a, b) => b.ms - a.ms) }
}

export function profileText({ wall, kernels, nodes, ops }: Profile): string {
  const head = `wall ${wall.toFixed(2)} ms; kernels, while profiled, ${kernels.toFixed(2)} ms in ${nodes} nodes`
  const rows = ops.map(({ op, nodes, ms }) => [op, ms.toFixed(3), `${nodes}`, `${((100 * ms) / kernels).toFixed(0)} %`])
  return [head, ...columns([['operator', 'ms', 'nodes', 'share'], ...rows])].join('\n')
}
