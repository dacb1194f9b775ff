import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import type { Feeds } from '../../../src/runtime/feeds.js'
import { type Placement, takeProfile } from '../../../src/runtime/placement.js'
import { evaluateModel, openSession } from '../../../src/runtime/session.js'
import { Random } from '../../../src/verify/cases/scene/random.js'
import type { ConfigInput } from '../../../src/yolo/config/config.js'
import type { BoxScene, Reading, Setting } from '../../support/boxes.js'
import { graphBytes } from '../../support/cases.js'
import { boxFeeds, type Fed } from '../../support/losses.js'
import { expectedOf, faultsOf } from '../../support/targets.js'
import { scratch } from '../../verify/cases.js'
import { type Family, families } from '../numpy/families.js'
import { settings } from '../numpy/settings.js'

const root = await scratch()

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

interface Draw {
  readonly batch: number
  readonly maxBoxes: number
  readonly seed: number
  /** Kinds that are left out. */
  readonly without?: readonly string[]
}

/** Boxes of all kinds, image by image another. */
function sceneOf({ input, ...config }: Setting, reading: Reading, draw: Draw): BoxScene {
  const { batch, maxBoxes, seed, without = [] } = draw
  const random = new Random(seed)
  const used = kinds.filter((kind) => !without.includes(kind))
  const images = Array.from({ length: batch }, (_, b) => {
    const family: Family = families[used[b % used.length] as (typeof kinds)[number]]
    return family(random, { name: 'webgpu', size: input, config }, maxBoxes)
  })
  const weighted = reading.labels === 'weighted-boxes'
  const all = images.flat().map((row) => (weighted ? [...row, random.pick(weights)] : row))
  return { ...config, ...reading, input, boxes: float32([batch, maxBoxes, weighted ? 6 : 5], all.flat()) }
}

const webgpu = { provider: 'webgpu', strict: true } as const
let profiles = 0

type Outputs = ReadonlyMap<string, Tensor>

/** Runs a graph on the provider alone; it cannot be opened if one of its nodes is not placed there. */
async function onProvider(graph: Uint8Array, feeds: Feeds): Promise<{ outputs: Outputs; placement: Placement }> {
  const profilePrefix = join(root, `profile${profiles++}`)
  const session = await openSession(graph, { ...webgpu, profilePrefix })
  const outputs = await session.run(feeds).finally(() => session.release())
  return { outputs, placement: await takeProfile(profilePrefix) }
}

function expectWhole({ nodes, memcpy }: Placement): void {
  expect([...new Set(nodes.map(({ provider }) => provider)), memcpy]).toEqual(['WebGpuExecutionProvider', 0])
  expect(nodes.length).toBeGreaterThan(100)
}

const many = { batch: 80, maxBoxes: 100 }
let boxesSeen = 0

describe.each(readings)('the static graph of targets on the WebGPU provider, on a software driver: %j', (reading) => {
  it.each(small)('runs whole, and is the oracle bit for bit but for the sign of 0: %s', async (name, setting) => {
    // Areas that float32 has not: those of anchors, and of boxes of 2⁻¹⁰⁰ pixels, which the last anchor is best for.
    const without = name.startsWith('fractional') ? ['negativeArea', 'borders'] : []
    const scene = sceneOf(setting, reading, { ...many, seed: 44, without })
    const graph = graphBytes({ ...setting, ...reading, ...many, form: 'static', graph: 'targets' })
    const { outputs, placement } = await onProvider(graph, { boxes: scene.boxes })
    expectWhole(placement)
    expect(faultsOf(outputs, expectedOf(scene), { zeros: true })).toEqual([])
    boxesSeen += many.batch * many.maxBoxes
  })
})

it('the boxes were a hundred thousand', () => expect(boxesSeen).toBeGreaterThan(100_000))

/** Elements further apart than ten times what the CPU is granted, as elsewhere for this provider. */
function far(got: Outputs, want: Outputs): string[] {
  return [...want].flatMap(([name, { data }]) => {
    const [xs, ys] = [Array.from(got.get(name)?.data ?? [], Number), Array.from(data, Number)]
    const near = (x: number, y: number) => Object.is(x, y) || Math.abs(x - y) <= 10 * (1e-6 + 1e-5 * Math.abs(y))
    const worst = xs.findIndex((x, i) => !near(x, ys[i] as number))
    return xs.length === ys.length && worst < 0 ? [] : [`${name}[${worst}]: ${xs[worst]}, on the CPU ${ys[worst]}`]
  })
}

const few = { batch: 14, maxBoxes: 20 }
const asked = { components: true, masks: true, gradients: true, guard: true }

describe.each(readings)('the static loss from boxes on the WebGPU provider, on a software driver: %j', (reading) => {
  const [, setting] = small[0] as [string, Setting]
  const config = { ...setting, ...reading, ...few, form: 'static' }

  it.each<Fed & ConfigInput>([
    {},
    { ...asked },
    { ...asked, layout: 'nchw', reduction: 'none' },
    { ...asked, for: 'ort-training', normalizer: true },
  ])('runs whole, and is that of the CPU: %j', async (options) => {
    // An area below 0 and a predicted one can add up to 0, where two boxes have no IoU.
    const without = options.guard ? ['negativeArea'] : ['negativeArea', 'padded', 'odd', 'borders']
    const feeds = await boxFeeds(sceneOf(setting, reading, { ...few, seed: 45, without }), options, 46)
    const graph = graphBytes({ ...config, ...options })
    const { outputs, placement } = await onProvider(graph, feeds)
    expectWhole(placement)
    expect(far(outputs, await evaluateModel(graph, feeds))).toEqual([])
    expect(Array.from(outputs.get('loss')?.data ?? [Number.NaN], Number).every(Number.isFinite)).toBe(true)
  })

  it('is NaN for a box that is refused, and tells which', async () => {
    const scene = sceneOf(setting, reading, { ...few, seed: 47 })
    const place = few.maxBoxes + 3
    scene.boxes.data[place * (scene.boxes.shape[2] as number) + 1] = Number.NaN
    const graph = graphBytes({ ...config, ...asked, badBoxes: 'nan' })
    const { outputs } = await onProvider(graph, await boxFeeds(scene, {}, 1))
    const told = ['loss', 'boxes_refused', 'first_refused'].map((name) => outputs.get(name)?.data[0])
    expect(told).toEqual([Number.NaN, 1, place])
    expect(Array.from(outputs.get('grad_y_pred_2')?.data ?? [], Number).every(Number.isNaN)).toBe(true)
  })
})
