import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { busy, memoryFromNow, readFloats, serve, timesOf } from './serve.js'
import { sizesIn } from './store.js'

/**
 * A process that runs one graph on request: `node ort-worker.ts FOLDER GRAPH [PROVIDER] [PROFILE] [OUTPUT]`, with the
 * inputs of a case in FOLDER. It answers each line on stdin with one on stdout, as `worker.ts` says. What is timed fetches
 * OUTPUT alone, where it is given.
 */
const [folder = '', graph = '', provider = 'cpu', profile = '', output = ''] = process.argv.slice(2)

function inputs(): Record<string, Tensor> {
  const { grids, batch, anchors, classes } = sizesIn(readFileSync(join(folder, 'case.txt'), 'utf8'))
  const read = (name: string, shape: number[]) => [name, new Tensor('float32', readFloats(folder, name), shape)]
  const { shape } = JSON.parse(readFileSync(join(folder, 'boxes.json'), 'utf8')) as { shape: number[] }
  return Object.fromEntries([
    read('boxes', shape),
    ...grids.map(([h, w], l) => read(`y_pred_${l}`, [batch, h, w, anchors * (5 + classes)])),
    ...grids.map(([h, w], l) => read(`y_true_${l}`, [batch, h, w, anchors, 5 + classes])),
  ])
}

const session = await InferenceSession.create(graph, {
  executionProviders: [provider],
  intraOpNumThreads: busy ? 1 : 2,
  graphOptimizationLevel: 'all',
  logSeverityLevel: 4,
  ...(profile ? { enableProfiling: true, profileFilePrefix: profile } : {}),
})
const all = inputs()
const feeds = Object.fromEntries(session.inputNames.map((name) => [name, all[name] as Tensor]))
const fetched = output ? [output] : session.outputNames
const run = () => session.run(feeds, fetched)
const memory = memoryFromNow()

await serve({
  async check() {
    const results = await session.run(feeds)
    const square = (t: Tensor) => (t.data as Float32Array).reduce((sum, x) => sum + x * x, 0)
    const gradients = session.outputNames.filter((name) => name.startsWith('grad'))
    const norm = Math.sqrt(gradients.reduce((sum, name) => sum + square(results[name] as Tensor), 0))
    return [Number(results.loss?.data[0]), ...(gradients.length > 0 ? [norm] : [])]
  },
  run: (n) => timesOf(run, n),
  async traffic() {
    const bytes = (tensors: Record<string, Tensor>) =>
      Object.values(tensors).reduce((sum, { data }) => sum + (data as Float32Array).byteLength, 0)
    return [bytes(feeds), bytes((await session.run(feeds)) as Record<string, Tensor>)]
  },
  async memory() {
    await run()
    return [memory()]
  },
})
if (profile) session.endProfiling()
