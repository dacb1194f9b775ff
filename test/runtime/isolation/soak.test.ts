import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Graph } from '../../../src/onnx/graph/graph.js'
import { mul } from '../../../src/onnx/math.js'
import { evaluate } from '../../../src/runtime/evaluate.js'
import { defaultLimits } from '../../../src/runtime/isolation/child.js'
import { Isolate } from '../../../src/runtime/isolation/isolate.js'
import { pair, sumBytes } from '../models.js'

/** More than the minute of a test run: SOAK_RUNS=500 npx vitest run --mode slow test/runtime/isolation/soak */
const asked = Number(process.env.SOAK_RUNS ?? 0)
const minute = 60_000
const descriptors = (): number => readdirSync('/proc/self/fd').length
const MiB = (): number => process.memoryUsage.rss() / 2 ** 20

/** Runs something, and tells what that many runs added: memory in MiB, open files, and the runs there were. */
async function growth(warm: number, goesOn: (done: number) => boolean, run: () => Promise<unknown>) {
  for (let i = 0; i < warm; i++) await run()
  const before = { files: descriptors(), memory: MiB() }
  let runs = 0
  for (; goesOn(runs); runs++) await run()
  // The last child may not be gone yet.
  await expect.poll(() => descriptors() - before.files, { timeout: 20_000 }).toBeLessThanOrEqual(2)
  const grown = { runs, files: descriptors() - before.files, memory: Math.round(MiB() - before.memory) }
  console.info(`${JSON.stringify(grown)} of ${Math.round(before.memory)} MiB`)
  return grown
}

describe.runIf(process.platform === 'linux')('many runs', () => {
  it('in one process leave no open files and no memory', { timeout: 20 * minute }, async () => {
    const graph = new Graph({ opset: 17 })
    const y = mul(graph.input('x', 'float32', ['n', 2]), 2)
    const grown = await growth(
      500,
      (done) => done < 10_000,
      () => evaluate(y, { x: pair(1, 2) }),
    )
    // A leak of a session, some 30 KiB, would be 300 MiB.
    expect(grown.memory).toBeLessThan(128)
  })

  it('in processes of their own leave none either', { timeout: 60 * minute }, async () => {
    const end = Date.now() + minute
    const once = async () => {
      const isolate = new Isolate({ provider: 'cpu', limits: defaultLimits })
      const session = { provider: 'cpu' } as const
      await isolate.run({ file: 'sum', model: sumBytes, session, feeds: [{ x: pair(1, 2), w: pair(1, 2) }] })
      isolate.close()
    }
    const grown = await growth(5, (done) => (asked > 0 ? done < asked : done < 10 || Date.now() < end), once)
    // A leak of the words of a child and its pipes, some 100 KiB, would be 50 MiB in 500 runs.
    expect(grown.memory).toBeLessThan(64)
  })
})
