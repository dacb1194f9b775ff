import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { sizesIn } from './store.js'

/**
 * A process that runs one graph on request: `node ort-worker.ts FOLDER GRAPH [PROVIDER] [PROFILE] [OUTPUT]`, with the
 * inputs of a case in FOLDER. It answers each line on stdin with one on stdout, as `worker.ts` says. What is timed fetches
 * OUTPUT alone, where it is given.
 */
const [folder = '', graph = '', provider = 'cpu', profile = '', output = ''] = process.argv.slice(2)
const busy = process.env.BENCH_BUSY === '1'

/** Nanoseconds of wall time, or of processor time. */
function now(): number {
  if (!busy) return performance.now() * 1e6
  const { user, system } = process.cpuUsage()
  return 1000 * (user + system)
}

function inputs(): Record<string, Tensor> {
  const { grids, batch, anchors, classes } = sizesIn(readFileSync(join(folder, 'case.txt'), 'utf8'))
  const read = (name: string, shape: number[]) => {
    const bytes = readFileSync(join(folder, `${name}.f32`))
    return [name, new Tensor('float32', new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4), shape)]
  }
  return Object.fromEntries([
    ...grids.map(([h, w], l) => read(`y_pred_${l}`, [batch, h, w, anchors * (5 + classes)])),
    ...grids.map(([h, w], l) => read(`y_true_${l}`, [batch, h, w, anchors, 5 + classes])),
  ])
}

const status = (key: string): number =>
  1024 *
  Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? Number.NaN)

const feeds = inputs()
const session = await InferenceSession.create(graph, {
  executionProviders: [provider],
  intraOpNumThreads: busy ? 1 : 2,
  graphOptimizationLevel: 'all',
  logSeverityLevel: 4,
  ...(profile ? { enableProfiling: true, profileFilePrefix: profile } : {}),
})
const fetched = output ? [output] : session.outputNames
writeFileSync('/proc/self/clear_refs', '5') // VmHWM starts anew
const before = status('VmHWM')

const commands: Record<string, (n: number) => Promise<readonly number[]>> = {
  async check() {
    const results = await session.run(feeds)
    const square = (t: Tensor) => (t.data as Float32Array).reduce((sum, x) => sum + x * x, 0)
    const gradients = session.outputNames.filter((name) => name.startsWith('grad'))
    const norm = Math.sqrt(gradients.reduce((sum, name) => sum + square(results[name] as Tensor), 0))
    return [Number(results.loss?.data[0]), ...(gradients.length > 0 ? [norm] : [])]
  },
  async run(n) {
    await session.run(feeds, fetched)
    const times: number[] = []
    for (let i = 0; i < n; i++) {
      const from = now()
      await session.run(feeds, fetched)
      times.push(Math.round(now() - from))
    }
    return times
  },
  async traffic() {
    const bytes = (tensors: Record<string, Tensor>) =>
      Object.values(tensors).reduce((sum, { data }) => sum + (data as Float32Array).byteLength, 0)
    return [bytes(feeds), bytes((await session.run(feeds)) as Record<string, Tensor>)]
  },
  // The peak beyond what was there with the inputs loaded and the graph prepared.
  async memory() {
    await session.run(feeds, fetched)
    return [status('VmHWM') - before]
  },
}

process.stdout.write('ready\n')
for await (const line of createInterface({ input: process.stdin })) {
  const [command = '', n = '0'] = line.split(' ')
  const answer = await commands[command]?.(Number(n))
  process.stdout.write(`${answer?.join(' ')}\n`)
}
if (profile) session.endProfiling()
