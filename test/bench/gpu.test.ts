import { describe, expect, it } from 'vitest'
import { quickCase } from './cases.js'
import type { GpuReport, Traced } from './gpu/bench.js'
import { absence } from './gpu/probe.js'
import { gpuText } from './gpu/report.js'
import { traceOf } from './gpu/trace.js'
import type { Timing } from './measure.js'
import type { ProfileEvent } from './profile.js'

const cuda = 'CUDAExecutionProvider'
const cpu = 'CPUExecutionProvider'

const ran = (name: string, op: string, provider: string, dur: number): ProfileEvent => ({
  cat: 'Node',
  name: `${name}_kernel_time`,
  dur,
  args: { op_name: op, provider, node_index: '0' },
})

const kernel = (ts: number, dur: number, name = 'add', cat = 'Kernel'): ProfileEvent => ({
  cat,
  name,
  ts,
  dur,
  args: {},
})

/** Three runs of a graph of three nodes, of which the first run is slow. */
const events = [9000, 1000, 1000].flatMap((dur, run): ProfileEvent[] => [
  ran('places', 'NonZero', cpu, dur / 10),
  ran('Memcpy_token_1', 'MemcpyFromHost', cuda, dur / 2),
  ran('sum', 'ReduceSum', cuda, dur),
  ran('loss', 'Div', cuda, dur),
  { cat: 'Session', name: 'model_run', dur: 3 * dur, args: {} },
  kernel(10 * run + 1, dur / 4),
  kernel(10 * run + 2, dur / 4),
  kernel(10 * run + 3, 5000, 'MemcpyHostToDevice'),
  kernel(10 * run + 4, 5000, 'cudaLaunchKernel', 'Api'),
])
const profile = JSON.stringify(events)

describe('what a profile says of a provider', () => {
  const trace = traceOf(profile, 'cuda')

  it('is counted by provider, that of the graph first, copies apart', () => {
    expect(trace.shares).toEqual([
      { provider: cuda, nodes: 2, ms: 2 },
      { provider: cpu, nodes: 1, ms: 0.1 },
    ])
    expect(trace.copies).toEqual({ nodes: 1, ms: 0.5 })
  })

  it('names the nodes that fell to another', () => {
    expect(trace.elsewhere).toEqual([{ node: 'places', op: 'NonZero', provider: cpu }])
  })

  it('has kernels by the clock of the device, copies and calls left out', () => {
    expect(trace.device).toEqual({ kernels: 2, ms: 0.5 })
    const untold = events.filter(({ cat }) => cat !== 'Kernel')
    expect(traceOf(JSON.stringify(untold), 'cuda')).not.toHaveProperty('device')
  })

  it('shows a provider that ran nothing', () => {
    expect(traceOf(profile, 'webgpu').shares[0]).toEqual({ provider: 'WebGpuExecutionProvider', nodes: 0, ms: 0 })
  })
})

const spread = (x: number) => ({ median: x, low: x, high: x })
const timing = (name: string, ms: number, other: string): Timing => ({
  name,
  gradients: false,
  ms: spread(ms),
  fastest: ms,
  memory: -1,
  loss: 2,
  ratios: { [other]: spread(ms / 4) },
})

describe('the table of a provider', () => {
  const traced: Traced = { name: 'compact', traffic: { inputs: 3e6, outputs: 4e6 }, ...traceOf(profile, 'cuda') }
  const report: GpuReport = {
    case: quickCase,
    provider: 'cuda',
    inputs: 3e6,
    loss: 2,
    tolerance: 2e-6,
    traces: [traced],
    timings: [timing('static', 4, 'compact'), timing('compact', 8, 'static')],
    absent: [{ name: 'PyTorch', why: 'there is none' }],
    disturbed: 0,
  }
  const text = gpuText(report)
  const row = (name: string) => text.split('\n').find((line) => line.startsWith(`  ${name} `))

  it('has wall time, nodes by provider, copies, kernels and transfers', () => {
    const cells = row('compact')
      ?.trim()
      .split(/\s{2,}/)
    expect(cells?.slice(2)).toEqual(['2.00 [2.00–2.00]', '2 + 1', '1', '2.00 + 0.10', '2', '0.50', '3.00', '4.00'])
    expect(row('static')).toMatch(/4\.00 \[4\.00–4\.00\] +1 +– +–/)
  })

  it('names what fell to the CPU, what was copied and what is absent', () => {
    expect(text).toContain('compact, on CPU: places (NonZero)\n')
    expect(text).toContain('compact: 1 copy between devices, 0.50 ms\n')
    expect(text).toContain('ABSENT PyTorch: there is none')
    expect(text).toContain("the oracle's 2.0000, to 2e-6")
  })
})

describe('a provider that is not there', () => {
  it('is told in one line, with the remedy', () => {
    const error = new Error('execution provider cuda: not available: no library\n  hint: fetch it; or use --ep cpu')
    expect(absence('cuda', error)).toBe('execution provider cuda: not available: no library; fetch it')
    expect(absence('webgpu', error)).toMatch(/no library; fetch it; or npm run bench:webgpu/)
  })
})
