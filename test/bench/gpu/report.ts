import { columns, describe, digits, megabytes, show } from '../report.js'
import type { Spread } from '../stats.js'
import type { GpuReport, Traced } from './bench.js'

type Timing = GpuReport['timings'][number]

const headings = [
  '',
  'ms [quartiles]',
  '× static',
  'nodes',
  'copies',
  'node ms',
  'kernels',
  'kernel ms',
  'MB in',
  'out',
]

/** What the columns mean, once below all tables. */
export const legend: readonly string[] = [
  'ms: wall time of a run. Inputs and outputs cross the bus in each (MB in, out), for Node has no IO binding.',
  'nodes, copies, node ms: from the profile of another process; "+" is what ran on the CPU, copies are Memcpy nodes.',
  "node ms is the host's time: it starts kernels and goes on. kernels, kernel ms: by the device's own clock, – if not told.",
]

const short = (provider: string): string => provider.replace('ExecutionProvider', '').replace('WebGpu', 'WebGPU')

/** A number for each provider, as `104 + 12`. */
const sum = (numbers: readonly string[]): string => numbers.join(' + ')

function traceCells(trace: Traced | undefined): string[] {
  if (!trace) return headings.slice(3).map(() => '–')
  const { shares, copies, device, traffic } = trace
  return [
    sum(shares.map(({ nodes }) => `${nodes}`)),
    `${copies.nodes}`,
    sum(shares.map(({ ms }) => digits(ms))),
    device ? `${device.kernels}` : '–',
    device ? digits(device.ms) : '–',
    megabytes(traffic.inputs),
    megabytes(traffic.outputs),
  ]
}

function row(timing: Timing, base: Timing, traces: readonly Traced[]): string[] {
  const ratio = timing === base ? '1' : show(timing.ratios[base.name] as Spread)
  return [timing.name, show(timing.ms), ratio, ...traceCells(traces.find(({ name }) => name === timing.name))]
}

const named = 8

/** The nodes that ran elsewhere than asked, the first of them by name; copies with their time. */
function elsewhere({ name, elsewhere, copies }: Traced): string[] {
  const nodes = elsewhere.map((n) => `${n.node} (${n.op})`)
  const more = nodes.length > named ? ` and ${nodes.length - named} more` : ''
  const where = [...new Set(elsewhere.map((n) => short(n.provider)))].join(', ')
  return [
    ...(nodes.length > 0 ? [`  ${name}, on ${where}: ${nodes.slice(0, named).join(', ')}${more}`] : []),
    ...(copies.nodes > 0
      ? [
          `  ${name}: ${copies.nodes} ${copies.nodes === 1 ? 'copy' : 'copies'} between devices, ${digits(copies.ms)} ms`,
        ]
      : []),
  ]
}

/** The times of one case on a provider as text. */
export function gpuText(report: GpuReport): string {
  const { timings, traces, absent, loss, tolerance } = report
  const lines = [
    `${report.case.name} on ${report.provider}: ${describe(report.case)}; every loss is the oracle's ${loss.toFixed(4)}, to ${tolerance.toExponential(0)}`,
  ]
  for (const gradients of [false, true]) {
    const group = timings.filter((t) => t.gradients === gradients)
    const base = group.find(({ name }) => name.startsWith('static')) ?? group[0]
    if (base) lines.push(...columns([headings, ...group.map((t) => row(t, base, traces))]))
  }
  return [
    ...lines,
    ...traces.flatMap(elsewhere),
    ...absent.map(({ name, why }) => `  ABSENT ${name}: ${why}`),
    '',
  ].join('\n')
}
