import { describe, expect, it } from 'vitest'
import { runTask } from '../../../src/runtime/isolation/task.js'
import type { LayerTolerance } from '../../../src/verify/layers/diverge.js'
import { locate, locateFirst } from '../../../src/verify/layers/locate.js'
import { type Side, trace } from '../../../src/verify/layers/trace.js'
import { configOf, graphBytes, readFixture } from '../../support/cases.js'
import { kinds, nodesOf, parts, plant, plantInLoop, plantShared } from '../../support/faults.js'

const exact: LayerTolerance = { rtol: 0, atol: 0 }
const test = await readFixture('cross-image')
const config = { ...configOf(test), components: true, masks: true }
const right = graphBytes(config)
const feeds = Object.fromEntries(test.dataSets[0]?.inputs.map(({ name, tensor }) => [name, tensor]) ?? [])
const side = (label: string, bytes: Uint8Array): Side => ({
  label,
  bytes,
  file: label,
  provider: 'cpu',
  optimization: 'disabled',
  runner: (task) => runTask(task),
})
const original = await trace(side('right', right), feeds)

/** Where the faulty graph parts from the right one; undefined if the fault changes no value at all. */
async function partingOf(faulty: Uint8Array) {
  const there = side('faulty', faulty)
  const { first } = await locate(original, await trace(there, feeds), exact, there)
  return first
}

/** How many faults were found in each part. */
const planted = new Map<string, number>()

/** Of each kind and part, this many nodes, the first on which the fault shows. */
const each = 2

describe.each(Object.keys(parts))('a fault in %s', (part) => {
  it.each(Object.keys(kinds) as (keyof typeof kinds)[])(
    'of the kind: %s, is found where it was planted',
    async (kind) => {
      let shown = 0
      for (const name of nodesOf(right, part)) {
        const faulty = plant(right, name, kind)
        if (!faulty || shown === each) continue
        const first = await partingOf(faulty)
        // A fault that changes no value of its node is none; there are few, such as a threshold no box comes near.
        if (first === undefined) continue
        expect([name, first.node.name, first.alone]).toEqual([name, name, 'differs'])
        expect(first.causes.length).toBeGreaterThan(0)
        shown++
      }
      planted.set(part, (planted.get(part) ?? 0) + shown)
    },
  )
})

describe('planted faults', () => {
  it('were more than twelve, some in every part', () => {
    expect([...planted.values()].reduce((a, b) => a + b)).toBeGreaterThan(12)
    expect([...planted].filter(([, n]) => n === 0)).toEqual([])
    expect([...planted.keys()]).toEqual(Object.keys(parts))
  })

  it('of a constant that several nodes read are found at its first reader', async () => {
    const readers = original.graph.nodes.filter((n) => n.reads.includes('const/float32_0'))
    expect(readers.length).toBeGreaterThan(1)
    const first = await partingOf(plantShared(right, 'const/float32_0'))
    expect(first?.node.reads).toContain('const/float32_0')
    expect(first?.causes.join()).toContain('its constant "const/float32_0" is float32[] 0.5, in the other float32[] 0')
  })

  it('inside a Loop are found at the Loop, and said to persist fully optimised', async () => {
    const loops = graphBytes({ ...config, form: 'loop' })
    const { report } = await locateFirst(
      side('right', loops),
      side('faulty', plantInLoop(loops, 'layer1/ignore')),
      feeds,
      exact,
    )
    expect(report.first?.node.op).toBe('Loop')
    expect(report.first?.node.name).toMatch(/^layer1\/ignore\//)
    expect(report.persists).toContain('loss')
  })

  it('are none in a graph that is right', async () => {
    const again = await trace(side('again', right), feeds)
    const { first, layers } = await locate(original, again, exact)
    expect(first).toBeUndefined()
    expect(layers.compared.length).toBeGreaterThan(400)
  })
})
