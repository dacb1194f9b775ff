import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { float32 } from '../../src/io/tensor.js'
import { assignTargets } from '../../src/yolo/labels/assign.js'
import { memoryFromNow, readFloats, serve, timesOf } from './serve.js'
import type { BoxFile } from './store.js'

/** A process that makes `y_true` from boxes on request: `node assign-worker.ts FOLDER`; its check: entries that differ. */
const [folder = ''] = process.argv.slice(2)
const { shape, size, ...config }: BoxFile = JSON.parse(readFileSync(join(folder, 'boxes.json'), 'utf8'))
const boxes = float32(shape, readFloats(folder, 'boxes'))
const run = () => assignTargets(boxes, size, config)
const memory = memoryFromNow()

await serve({
  async check() {
    const differing = run().map(({ data }, l) => {
      const expected = readFloats(folder, `y_true_${l}`)
      return data.filter((x, i) => x !== expected[i]).length + Math.abs(data.length - expected.length)
    })
    return [differing.reduce((sum, n) => sum + n, 0)]
  },
  run: (n) => timesOf(run, n),
  async memory() {
    run()
    return [memory()]
  },
})
