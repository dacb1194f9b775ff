import { describe, expect, it } from 'vitest'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import { openSession, type Session } from '../../../src/runtime/session.js'
import { type Reading, type Setting, zeroRow } from '../../support/boxes.js'
import { graphBytes } from '../../support/cases.js'
import { size, config as tables } from '../../support/scenes.js'
import { expectedOf, faultsOf } from '../../support/targets.js'

type Row = readonly number[]

const setting: Setting = { ...tables, input: size }
const { classes } = setting
const forms = ['compact', 'static'] as const

const good: Row = [4, 6, 30, 40, 1]
const other: Row = [50, 10, 80, 60, 0]
const { NaN: NotANumber, POSITIVE_INFINITY: infinite } = Number

const named: Readonly<Record<string, readonly Row[]>> = {
  'a coordinate that is NaN': [0, 1, 2, 3].map((k) => good.with(k, NotANumber)),
  'an infinite coordinate': [0, 1, 2, 3].flatMap((k) => [good.with(k, infinite), good.with(k, -infinite)]),
  'a class that is no number': [NotANumber, infinite, -infinite].map((c) => good.with(4, c)),
  'class −1, or one that is cut off to it': [-1, -1.5, -7, -1e9].map((c) => good.with(4, c)),
  'class C and above': [classes, classes + 0.5, 1e9].map((c) => good.with(4, c)),
  'a centre left of the image or above it': [[-9, 6, 8, 40, 1], [4, -9, 30, 8, 1], [-4e6, 6, 30, 40, 1]], // biome-ignore format: rows
  'a centre right of the image or below it': [[92, 6, 100, 40, 1], [4, 50, 30, 78, 1], [4, 6, 1e30, 40, 1]], // biome-ignore format: rows
  'coordinates whose sum float32 has not': [[1.5e38, 6, 3e38, 40, 1]],
  'a row of zeros of class C': [[0, 0, 0, 0, classes]],
  'a row of zeros but for a NaN': [[0, 0, 0, NotANumber, 0]],
}

/** What is written of a row that is not refused: cell, anchor and numbers; undefined where it is none. */
const taken: readonly [name: string, row: Row, scale: number, x: number, y: number, w: number, h: number, c: number][] =
  [
    ['fractional coordinates', [10.25, 8.5, 30.75, 29.25, 1], 1, 20, 18, 20.5, 20.75, 1],
    ['class 2.5, which is cut off to 2', good.with(4, 2.5), 1, 17, 23, 26, 34, 2],
    ['class −0.5, which is cut off to 0', good.with(4, -0.5), 1, 17, 23, 26, 34, 0],
    ['class 2.999, which is cut off to 2', good.with(4, 2.999), 1, 17, 23, 26, 34, 2],
    ['y2 < y1, a box of negative height', [4, 40, 30, 6, 1], 2, 17, 23, 26, -34, 1],
    ['height 0', [4, 6, 30, 6, 1], 2, 17, 6, 26, 0, 1],
    ['a centre in the last half pixel', [82.5, 6, 108.5, 40, 1], 1, 95, 23, 26, 34, 1],
    ['corners outside the image', [-40, -10, 120, 70, 1], 0, 40, 30, 160, 80, 1],
  ]

/** No boxes, whatever else they are. */
const nothing: readonly Row[] = [
  zeroRow,
  [30, 6, 4, 40, 1],
  [30, 6, 30, 40, 1],
  [0, 0, 0, 0, -1],
  [-500, -500, -510, -490, 2],
]

type Scene = Parameters<typeof expectedOf>[0]
const readings = (['original', 'anywhere'] as const).flatMap((padding) =>
  (['nan', 'drop'] as const).map((badBoxes): Reading => ({ labels: 'boxes', padding, badBoxes })),
)

function sceneOf(rows: readonly Row[], reading: Reading): Scene {
  const weight = reading.labels === 'weighted-boxes' ? [1] : []
  const all = [...rows, other, good, zeroRow].map((row) => (row.length === 6 ? row : [...row, ...weight]))
  return { ...setting, ...reading, boxes: float32([2, 3, all[0]?.length as number], all.flat()) }
}

const targetSessions = new Map<string, Promise<Session>>()

/** Two images of three rows; a graph is opened once. */
async function targetsOf({ boxes, ...scene }: Scene, form: (typeof forms)[number]) {
  const sizes = form === 'static' ? { batch: 2, maxBoxes: 3 } : {}
  const config = { ...scene, ...sizes, graph: 'targets', form }
  const key = JSON.stringify(config)
  const session = targetSessions.get(key) ?? openSession(graphBytes(config))
  targetSessions.set(key, session)
  return (await session).run({ boxes })
}

const told = (outputs: ReadonlyMap<string, Tensor>) =>
  ['boxes_refused', 'first_refused'].map((name) => Number(outputs.get(name)?.data[0]))

const targetsIn = (outputs: ReadonlyMap<string, Tensor>, image: number): number[] =>
  [0, 1, 2].flatMap((l) => {
    const data = Array.from(outputs.get(`y_true_${l}`)?.data ?? [], Number)
    return data.slice((image * data.length) / 2, ((image + 1) * data.length) / 2)
  })

describe.each(forms)('targets, %s', (form) => {
  it.each(Object.entries(named))('%s: refused', async (_, rows) => {
    for (const row of rows)
      for (const reading of readings) {
        const scene = sceneOf([good, row, other], reading)
        const outputs = await targetsOf(scene, form)
        expect([row, ...told(outputs)]).toEqual([row, 1, 1])
        expect(targetsIn(outputs, 0).every(Number.isNaN)).toBe(reading.badBoxes === 'nan')
        expect(targetsIn(outputs, 1).some(Number.isNaN)).toBe(false)
        expect(faultsOf(outputs, expectedOf(scene))).toEqual([])
      }
  })

  it.each(taken)('%s: taken', async (_, row, scale, x, y, w, h, c) => {
    for (const reading of readings) {
      const outputs = await targetsOf(sceneOf([row, zeroRow, zeroRow], reading), form)
      const [H, W] = size
      const box = [x / W, y / H, w / W, h / H, 1, ...[0, 1, 2].map((k) => Number(k === c))].map(Math.fround)
      const found = Array.from(outputs.get(`y_true_${scale}`)?.data ?? [], Number)
      const at = found.findIndex((_, i) => i % 8 === 4 && found[i] !== 0)
      expect(found.slice(at - 4, at + 4)).toEqual(box)
      expect(targetsIn(outputs, 0).filter((n) => n !== 0)).toHaveLength(box.filter((n) => n !== 0).length)
      expect(told(outputs)).toEqual([0, -1])
    }
  })

  it.each(nothing.map((row) => [row]))('%j: no box, and none is refused', async (row) => {
    for (const reading of readings) {
      const outputs = await targetsOf(sceneOf([row, row, row], reading), form)
      expect(targetsIn(outputs, 0).every((n) => n === 0)).toBe(true)
      expect(told(outputs)).toEqual([0, -1])
    }
  })

  it.each([NotANumber, infinite, -infinite])('a weight of %d: refused, for a row of zeros as well', async (weight) => {
    for (const reading of readings)
      for (const row of [good, zeroRow]) {
        const scene = sceneOf([other, [...row, weight], other], { ...reading, labels: 'weighted-boxes' })
        const outputs = await targetsOf(scene, form)
        expect(told(outputs)).toEqual([1, 1])
        expect(faultsOf(outputs, expectedOf(scene))).toEqual([])
      }
  })

  it('a weight of 0: no box, but refused for another reason it is', async () => {
    for (const reading of readings) {
      const weighted = { ...reading, labels: 'weighted-boxes' } as const
      const flawless = await targetsOf(sceneOf([[...good, 0], zeroRow, zeroRow], weighted), form)
      expect([...told(flawless), targetsIn(flawless, 0).every((n) => n === 0)]).toEqual([0, -1, true])
      const foreign = await targetsOf(sceneOf([[...good.with(4, classes), 0], zeroRow, zeroRow], weighted), form)
      expect(told(foreign)).toEqual([1, 0])
    }
  })

  it('a centre of −0 keeps its sign in the compact form alone, whose numbers are not out of a table', async () => {
    const scene = sceneOf([[-10, -0, 10, -0, 0], zeroRow, zeroRow], readings[0] as Reading)
    const [outputs, expected] = [await targetsOf(scene, form), expectedOf(scene)]
    expect(faultsOf(outputs, expected, { zeros: true })).toEqual([])
    expect(faultsOf(outputs, expected)).toHaveLength(form === 'compact' ? 0 : 1)
  })

  it('two refused rows: both are counted, the first is told', async () => {
    const rows = [good, good.with(4, -1), other, good, zeroRow, good.with(0, NotANumber)]
    const scene = { ...sceneOf([], readings[0] as Reading), boxes: float32([2, 3, 5], rows.flat()) }
    expect(told(await targetsOf(scene, form))).toEqual([2, 1])
  })
})
