import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import type { Feeds } from '../../../src/runtime/feeds.js'
import { type Placement, takeProfile } from '../../../src/runtime/placement.js'
import { evaluateModel, openSession } from '../../../src/runtime/session.js'
import { Random } from '../../../src/verify/cases/scene/random.js'
import type { BoxScene, Reading, Setting } from '../../support/boxes.js'
import { graphBytes } from '../../support/cases.js'
import { boxFeeds } from '../../support/losses.js'
import { expectedOf, faultsOf } from '../../support/targets.js'
import { scratch } from '../../verify/cases.js'
import { families } from '../numpy/families.js'
import { settings } from '../numpy/settings.js'

const root = await scratch()
const [batch, rows] = [24, 60]

/** One setting of each set of anchors, on small inputs, which boxes may be larger than. */
const small = settings
  .filter(({ name }) => /coco 416|voc 512|anchors/.test(name))
  .map(({ name, config: { anchors, anchorMask } }, i): [string, Setting] => {
    const input = i % 2 === 0 ? ([64, 96] as const) : ([96, 64] as const)
    return [name, { anchors, anchorMask, classes: 2 + i, input }]
  })

const kinds = ['any', 'crowded', 'padded', 'odd', 'anchorSized', 'tied', 'negativeArea', 'borders'] as const

const readings: readonly Reading[] = [
  { labels: 'boxes', padding: 'original', badBoxes: 'nan' },
  { labels: 'weighted-boxes', padding: 'anywhere', badBoxes: 'drop' },
]

const weights = [1, 0.4, -1, 1.5, 0]

/** Boxes of all kinds, image by image another. */
function sceneOf(
  { input, ...config }: Setting,
  reading: Reading,
  random: Random,
  without: readonly string[],
): BoxScene {
  const used = kinds.filter((kind) => !without.includes(kind))
  const images = Array.from({ length: batch }, (_, b) => {
    const family = families[used[b % used.length] as (typeof kinds)[number]]
    return family(random, { name: 'webgpu', size: input, config }, rows)
  })
  const weighted = reading.labels === 'weighted-boxes'
  const all = images.flat().map((row) => (weighted ? [...row, random.pick(weights)] : row))
  return { ...config, ...reading, input, boxes: float32([batch, rows, weighted ? 6 : 5], all.flat()) }
}

const webgpu = { provider: 'webgpu', strict: true } as const
let profiles = 0

interface Ran {
  readonly outputs: ReadonlyMap<string, Tensor>[]
  readonly placement: Placement
}

/** Runs a graph on the provider alone; it cannot be opened if one of its nodes is not placed there. */
async function onProvider(graph: Uint8Array, feeds: readonly Feeds[]): Promise<Ran> {
  const profilePrefix = join(root, `profile${profiles++}`)
  const session = await openSession(graph, { ...webgpu, profilePrefix })
  const outputs: ReadonlyMap<string, Tensor>[] = []
  for (const feed of feeds) outputs.push(await session.run(feed))
  await session.release()
  return { outputs, placement: await takeProfile(profilePrefix) }
}

function expectWhole({ nodes, memcpy }: Placement): void {
  expect([...new Set(nodes.map(({ provider }) => provider)), memcpy]).toEqual(['WebGpuExecutionProvider', 0])
  expect(nodes.length).toBeGreaterThan(100)
}

const sizes = { form: 'static', batch, maxBoxes: rows } as const
const scenesOfEach = 6
let boxesSeen = 0

describe.each(readings)('the static graph of targets on the WebGPU provider, on a software driver: %j', (reading) => {
  it.each(small)('runs whole, and is the oracle bit for bit but for the sign of 0: %s', async (name, setting) => {
    const random = new Random(44)
    // Areas of anchors that float32 has not are no box's.
    const without = name.startsWith('fractional') ? ['negativeArea'] : []
    const scenes = Array.from({ length: scenesOfEach }, () => sceneOf(setting, reading, random, without))
    const graph = graphBytes({ ...setting, ...reading, ...sizes, graph: 'targets' })
    const ran = await onProvider(
      graph,
      scenes.map(({ boxes }) => ({ boxes })),
    )
    expectWhole(ran.placement)
    for (const [i, scene] of scenes.entries())
      expect(faultsOf(ran.outputs[i] as Ran['outputs'][number], expectedOf(scene), { zeros: true })).toEqual([])
    boxesSeen += scenesOfEach * batch * rows
  })
})

it('the boxes were a hundred thousand', () => expect(boxesSeen).toBeGreaterThan(100_000))

/** Elements further apart than ten times what the CPU is granted, as elsewhere for this provider. */
function far(got: Ran['outputs'][number], want: Ran['outputs'][number], names: RegExp): string[] {
  return [...want].flatMap(([name, { data }]) => {
    if (!names.test(name)) return []
    const [xs, ys] = [Array.from(got.get(name)?.data ?? [], Number), Array.from(data, Number)]
    const near = (x: number, y: number) => Object.is(x, y) || Math.abs(x - y) <= 10 * (1e-6 + 1e-5 * Math.abs(y))
    const worst = xs.findIndex((x, i) => !near(x, ys[i] as number))
    return xs.length === ys.length && worst < 0 ? [] : [`${name}[${worst}]: ${xs[worst]}, on the CPU ${ys[worst]}`]
  })
}

const asked = { components: true, masks: true, gradients: true }

describe.each(readings)('the static loss from boxes on the WebGPU provider, on a software driver: %j', (reading) => {
  it.each([
    {},
    { ...asked, guard: true },
    { ...asked, guard: true, layout: 'nchw', reduction: 'none' },
    { ...asked, guard: true, for: 'ort-training', normalizer: true },
  ] as const)('runs whole, and is that of the CPU: %j', async (options) => {
    const [, setting] = small[0] as [string, Setting]
    const random = new Random(45)
    const without = options.guard ? [] : ['padded', 'odd', 'negativeArea', 'borders']
    const scenes = [1, 2].map(() => sceneOf(setting, reading, random, without))
    const config = { ...setting, ...reading, ...sizes, ...options }
    const feeds = await Promise.all(scenes.map((scene, seed) => boxFeeds(scene, options, seed)))
    const { outputs, placement } = await onProvider(graphBytes(config), feeds)
    expectWhole(placement)
    for (const [i, feed] of feeds.entries()) {
      const want = await evaluateModel(graphBytes(config), feed)
      expect(far(outputs[i] as Ran['outputs'][number], want, /./)).toEqual([])
      expect([...want].filter(([name]) => name === 'loss').every(([, { data }]) => Number.isFinite(data[0]))).toBe(true)
    }
  })

  it('is NaN for a box that is refused, and tells which', async () => {
    const [, setting] = small[0] as [string, Setting]
    const scene = sceneOf(setting, { ...reading, badBoxes: 'nan' }, new Random(46), [])
    const numbers = scene.boxes.shape[2] as number
    scene.boxes.data[(rows + 3) * numbers + 1] = Number.NaN
    const config = { ...setting, ...reading, ...sizes, ...asked, guard: true, badBoxes: 'nan' }
    const { outputs } = await onProvider(graphBytes(config), [await boxFeeds(scene, {}, 1)])
    const [found] = outputs as [Ran['outputs'][number]]
    expect(['loss', 'boxes_refused', 'first_refused'].map((name) => found.get(name)?.data[0])).toEqual([
      Number.NaN,
      1,
      rows + 3,
    ])
    expect(Array.from(found.get('grad_y_pred_2')?.data ?? [], Number).every(Number.isNaN)).toBe(true)
  })
})
