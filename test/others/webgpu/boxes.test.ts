import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Random } from '../../../src/io/random.js'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import type { Feeds } from '../../../src/runtime/feeds.js'
import { type Placement, takeProfile } from '../../../src/runtime/placement.js'
import { evaluateModel, openSession } from '../../../src/runtime/session.js'
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

const original: Reading = { labels: 'boxes', padding: 'original', badBoxes: 'nan' }
const dropping: Reading = { labels: 'boxes', padding: 'original', badBoxes: 'drop' }
const weighted: Reading = { labels: 'weighted-boxes', padding: 'anywhere', badBoxes: 'drop' }

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
  const hasWeights = reading.labels === 'weighted-boxes'
  const all = images.flat().map((row) => (hasWeights ? [...row, random.pick(weights)] : row))
  return { ...config, ...reading, input, boxes: float32([batch, maxBoxes, hasWeights ? 6 : 5], all.flat()) }
}

const webgpu = { provider: 'webgpu', strict: true } as const
let profiles = 0

type Outputs = ReadonlyMap<string, Tensor>

/** Runs a graph on the provider alone; it cannot be opened if one of its nodes is not placed there. */
async function onProvider(graph: Uint8Array, ...feeds: readonly Feeds[]) {
  const profilePrefix = join(root, `profile${profiles++}`)
  const session = await openSession(graph, { ...webgpu, profilePrefix })
  const outputs: Outputs[] = []
  for (const feed of feeds) outputs.push(await session.run(feed))
  await session.release()
  return { outputs, placement: await takeProfile(profilePrefix) }
}

function expectWhole({ nodes, memcpy }: Placement): void {
  expect([...new Set(nodes.map(({ provider }) => provider)), memcpy]).toEqual(['WebGpuExecutionProvider', 0])
  expect(nodes.length).toBeGreaterThan(100)
}

const many = { batch: 88, maxBoxes: 100 }

const boxesIn = ({ boxes: { data, shape } }: BoxScene): number => {
  const numbers = shape[2] as number
  return data.filter((x2, i) => i % numbers === 2 && x2 > (data[i - 2] as number)).length
}

describe('the static graph of targets on the WebGPU provider, on a software driver', () => {
  let count = 0

  it.each(
    small.map(([name, setting], i) => [name, [original, weighted, dropping][i % 3] as Reading, setting] as const),
  )('runs whole, and is the oracle bit for bit but for the sign of 0: %s, %j', async (name, reading, setting) => {
    // Areas that float32 has not: those of anchors, and of boxes of 2⁻¹⁰⁰ pixels, which the last anchor is best for.
    const without = name.startsWith('fractional') ? ['negativeArea', 'borders'] : []
    const scenes = [44, 45].map((seed) => sceneOf(setting, reading, { ...many, seed, without }))
    const graph = graphBytes({ ...setting, ...reading, ...many, form: 'static', graph: 'targets' })
    const { outputs, placement } = await onProvider(graph, ...scenes.map(({ boxes }) => ({ boxes })))
    expectWhole(placement)
    for (const [i, scene] of scenes.entries()) {
      expect(faultsOf(outputs[i] as Outputs, expectedOf(scene), { zeros: true })).toEqual([])
      count += boxesIn(scene)
    }
  })

  it('was asked for more than a hundred thousand boxes', () => expect(count).toBeGreaterThan(100_000))
})

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

describe('the static loss from boxes on the WebGPU provider, on a software driver', () => {
  const [, setting] = small[0] as [string, Setting]
  const config = { ...setting, ...few, form: 'static' }

  it.each<[Reading, Fed & ConfigInput]>([
    [weighted, {}],
    [original, { ...asked }],
    [
      { ...weighted, padding: 'original' },
      { ...asked, layout: 'nchw', reduction: 'none' },
    ],
    [
      { ...original, padding: 'anywhere' },
      { ...asked, for: 'ort-training', normalizer: true },
    ],
  ])('runs whole, and is that of the CPU: %j, %j', async (reading, options) => {
    // An area below 0 and a predicted one can add up to 0, where two boxes have no IoU.
    const without = options.guard ? ['negativeArea'] : ['negativeArea', 'padded', 'odd', 'borders']
    const feeds = await boxFeeds(sceneOf(setting, reading, { ...few, seed: 45, without }), options, 46)
    const graph = graphBytes({ ...config, ...reading, ...options })
    const { outputs, placement } = await onProvider(graph, feeds)
    const [got] = outputs as [Outputs]
    expectWhole(placement)
    expect(far(got, await evaluateModel(graph, feeds))).toEqual([])
    expect(Array.from(got.get('loss')?.data ?? [Number.NaN], Number).every(Number.isFinite)).toBe(true)
  })

  it('is NaN for a box that is refused, and tells which', async () => {
    const scene = sceneOf(setting, original, { ...few, seed: 47 })
    const place = few.maxBoxes + 3
    scene.boxes.data[place * 5 + 1] = Number.NaN
    const { outputs } = await onProvider(graphBytes({ ...config, ...original, ...asked }), await boxFeeds(scene, {}, 1))
    const [got] = outputs as [Outputs]
    const told = ['loss', 'boxes_refused', 'first_refused'].map((name) => got.get(name)?.data[0])
    expect(told).toEqual([Number.NaN, 1, place])
    expect(Array.from(got.get('grad_y_pred_2')?.data ?? [], Number).every(Number.isNaN)).toBe(true)
  })
})
