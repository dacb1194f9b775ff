import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluateModel, type SessionOptions } from '../../../src/runtime/session.js'
import type { ConfigInput } from '../../../src/yolo/config/config.js'
import { presets } from '../../../src/yolo/config/presets.js'
import { assignTargets, BoxError } from '../../../src/yolo/labels/assign.js'
import { type BoxScene, boxScenes, type Setting, settings } from '../../support/boxes.js'
import { graphBytes } from '../../support/cases.js'
import { differing, expectedOf, faultsOf } from '../../support/targets.js'

type Form = 'compact' | 'static'
const forms: readonly Form[] = ['compact', 'static']

async function targetsOf(
  { boxes, ...scene }: BoxScene,
  form: Form,
  options: ConfigInput = {},
  session?: SessionOptions,
) {
  const [batch, maxBoxes] = boxes.shape
  const sizes = form === 'static' ? { batch, maxBoxes } : {}
  return evaluateModel(graphBytes({ ...scene, ...sizes, ...options, graph: 'targets', form }), { boxes }, session)
}

const holdsFor = (scenes: fc.Arbitrary<BoxScene>, form: Form, runs: fc.Parameters<[BoxScene]>) =>
  fc.assert(
    fc.asyncProperty(scenes, async (scene) => {
      expect(faultsOf(await targetsOf(scene, form), expectedOf(scene))).toEqual([])
    }),
    runs,
  )

const { 'yolov3-tiny-coco': tiny } = presets

/** Few cells, so that most boxes share one. */
const crowd: Setting = { ...tiny, classes: 4, input: [32, 64] }

/** Anchor 3 in both masks, anchor 0 in none. */
const tinyAt416: Setting = { ...tiny, classes: 2, input: [416, 320] }

const anySetting = settings.chain((setting) => boxScenes(setting, { batch: 4 }))

describe.each(forms)('the graph of targets, %s, is the oracle bit for bit', (form) => {
  it('on boxes of all kinds, for any anchors and sizes', () => holdsFor(anySetting, form, { numRuns: 80, seed: 30 }))

  it('where boxes share cells (S31)', () =>
    holdsFor(boxScenes(crowd, { batch: 3, rows: 30, refused: 0 }), form, { numRuns: 20, seed: 31 }))

  it('for masks that name one anchor twice and one never (S30)', () =>
    holdsFor(boxScenes(tinyAt416, { batch: 4, rows: 12 }), form, { numRuns: 12, seed: 32 }))

  it.each([13, 17, 18, 21])('at opset %i, whether or not the graph is optimised', async (opset) => {
    for (const scene of fc.sample(boxScenes(crowd, { rows: 12 }), { numRuns: 3, seed: opset }))
      for (const optimization of ['disabled', 'all'] as const)
        expect(faultsOf(await targetsOf(scene, form, { opset }, { optimization }), expectedOf(scene))).toEqual([])
  })

  it('in float64 too, whose targets are float32 numbers', async () => {
    for (const scene of fc.sample(boxScenes(crowd, { rows: 12 }), { numRuns: 4, seed: 33 })) {
      const outputs = await targetsOf(scene, form, { dtype: 'float64' })
      for (const [l, want] of expectedOf(scene).labels.entries())
        expect(outputs.get(`y_true_${l}`)?.data).toEqual(Float64Array.from(want))
    }
  })
})

it('the static form has room for 100 rows where nothing is said', async () => {
  const [scene] = fc.sample(boxScenes(crowd, { batch: 2, rows: 100, refused: 0 }), { numRuns: 1, seed: 34 })
  const outputs = await targetsOf(scene as BoxScene, 'static', { maxBoxes: undefined })
  expect(faultsOf(outputs, expectedOf(scene as BoxScene))).toEqual([])
})

/** The targets by the other oracle; undefined where it refuses a box. */
function byAssignTargets({ boxes, input, ...scene }: BoxScene): readonly Float32Array[] | undefined {
  try {
    return assignTargets(boxes, input, scene).map(({ data }) => data)
  } catch (error) {
    if (error instanceof BoxError) return undefined
    throw error
  }
}

it('assignTargets is the oracle bit for bit as well, and refuses the same boxes', () =>
  fc.assert(
    fc.property(anySetting, (given) => {
      fc.pre(given.labels === 'boxes')
      const scene: BoxScene = { ...given, padding: 'original', badBoxes: 'nan' }
      const { labels, refused } = expectedOf(scene)
      const found = byAssignTargets(scene)
      expect(found === undefined).toBe(refused > 0)
      for (const [l, data] of found?.entries() ?? []) expect(differing(data, labels[l] as Float32Array)).toEqual([])
    }),
    { numRuns: 100, seed: 35 },
  ))

it('the boxes of these tests are of all kinds', () => {
  const scenes = fc.sample(anySetting, { numRuns: 80, seed: 30 })
  const found = scenes.map((scene) => kindsIn(scene))
  const sum = (of: (kinds: ReturnType<typeof kindsIn>) => number) => found.reduce((n, kinds) => n + of(kinds), 0)
  expect(sum((k) => k.written)).toBeGreaterThan(500)
  expect(sum((k) => k.shared)).toBeGreaterThan(40)
  expect(sum((k) => k.paddedBefore)).toBeGreaterThan(100)
  expect(sum((k) => k.refused)).toBeGreaterThan(30)
  expect(sum((k) => k.flat)).toBeGreaterThan(40)
})

/** How many positives there are, cells of several classes, boxes behind rows of no width, refused and flat ones. */
function kindsIn(scene: BoxScene) {
  const { labels, refused } = expectedOf({ ...scene, badBoxes: 'drop' })
  const { data, shape } = scene.boxes
  const [, T = 0, numbers = 0] = shape
  const rows = Array.from({ length: data.length / numbers }, (_, i) => data.subarray(i * numbers, (i + 1) * numbers))
  const isBox = ([x1 = 0, , x2 = 0]: Float32Array) => x2 > x1
  const cells = labels.flatMap((y) =>
    Array.from({ length: y.length / (5 + scene.classes) }, (_, i) => y.subarray(i * (5 + scene.classes))),
  )
  const positives = cells.filter((cell) => cell[4] !== 0)
  const classesOf = (cell: Float32Array) => cell.subarray(5, 5 + scene.classes).reduce((a, b) => a + b, 0)
  return {
    refused,
    written: positives.length,
    shared: positives.filter((cell) => classesOf(cell) > 1).length,
    paddedBefore: rows.filter((row, i) => i % T > 0 && isBox(row) && !isBox(rows[i - 1] as Float32Array)).length,
    flat: rows.filter((row) => isBox(row) && (row[3] as number) <= (row[1] as number)).length,
  }
}
