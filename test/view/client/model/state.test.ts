import { describe, expect, it } from 'vitest'
import { comparison } from '../../../../src/view/client/model/compare.js'
import {
  everyAnchor,
  largestTerm,
  lossOfImage,
  mapOf,
  mapSum,
  mapValues,
  total,
} from '../../../../src/view/client/model/maps.js'
import { hiderOf, predictedBy } from '../../../../src/view/client/model/rows.js'
import { firstState, mapAt, type State, settle, viewedScale } from '../../../../src/view/client/model/state.js'
import { storeOf } from '../../../../src/view/client/model/store.js'
import { afterKey } from '../../../../src/view/client/stage/steps.js'
import { type Side, sideOf, type View } from '../../../../src/view/index.js'
import { fixtureScene } from '../../scene/given.js'

const side = sideOf(await fixtureScene('non-square'))
const small = sideOf(await fixtureScene('tiny-345-123'))
const view = (...sides: Side[]): View => ({ title: 'a', made: 'b', sides })
const sum = (xs: Iterable<number>) => [...xs].reduce((a, b) => a + b, 0)

describe('the maps of a batch', () => {
  it('add up to its sums, by term and all together', () => {
    for (const [s, sums] of (side.sums?.scales ?? []).entries()) {
      for (const term of ['xy', 'wh', 'class'] as const) expect(mapSum(side.images, s, term)).toBeCloseTo(sums[term], 9)
      expect(mapSum(side.images, s, 'conf')).toBeCloseTo(sums.conf, 4)
      const all = side.images.map((image) => image.scales[s] as NonNullable<(typeof image.scales)[0]>)
      expect(sum(all.map((scale) => sum(mapValues(scale, mapOf('loss'), everyAnchor))))).toBeCloseTo(total(sums), 4)
    }
  })

  it('of each anchor add up to that of all', () => {
    const [scale] = side.images[0]?.scales ?? []
    if (!scale) throw new Error('no scale')
    const each = scale.anchors.map((_, a) => mapValues(scale, mapOf('loss'), a))
    const all = mapValues(scale, mapOf('loss'), everyAnchor)
    for (const [cell, x] of all.entries()) expect(x).toBeCloseTo(sum(each.map((map) => map[cell] as number)), 12)
  })

  it('have the prediction of the responsible row where the reference has it', () => {
    for (const image of side.images)
      for (const { place, predicted } of image.boxes) {
        const scale = image.scales[place?.scale ?? 0]
        if (!scale || !place) throw new Error('no place')
        for (const [k, x] of predictedBy(scale, place.row, side.config.input).entries()) expect(x).toBeCloseTo(predicted?.[k] ?? Number.NaN, 4) // biome-ignore format: one row
      }
  })

  it('name the term that is no number, or infinite, as the largest of a row', () => {
    const sums = { xy: 3, wh: 1, conf: 2, class: 0 }
    expect(largestTerm(sums)).toBe('xy')
    expect(largestTerm({ ...sums, class: Number.NaN })).toBe('class')
    expect(largestTerm({ ...sums, wh: Number.POSITIVE_INFINITY })).toBe('wh')
  })

  it('add up to the loss of an image, which a refused box makes NaN', () => {
    const [image] = side.images
    if (!image) throw new Error('no image')
    expect(lossOfImage(image)).toBeGreaterThan(0)
    expect(lossOfImage({ ...image, refused: true })).toBeNaN()
  })

  it('have no positive among the hidden', () => {
    const rows = side.images.flatMap((image) => image.boxes.flatMap(({ place }) => (place ? [hiderOf(image, place.scale, place.row)] : []))) // biome-ignore format: one row
    expect(rows.length).toBeGreaterThan(3)
    expect(new Set(rows)).toEqual(new Set([undefined]))
  })
})

describe('what is shown', () => {
  it('is first the worst row', () => {
    expect(firstState(view(side))).toMatchObject({ ...side.worst[0], side: 0, map: 'loss' })
  })

  it('leaves a picture to be seen below the heat map', () => {
    const picture = 'data:image/jpeg;base64,'
    const pictured = { ...side, images: side.images.map((image) => ({ ...image, picture })) }
    expect(firstState(view(pictured)).strength).toBeLessThanOrEqual(0.5)
    expect(firstState(view(side)).strength).toBe(0.7)
  })

  it('stays in what a view has, whatever is wanted', () => {
    const state = firstState(view(side))
    const beyond = { image: 99, scale: 99, row: 1e9, anchor: 99, side: 99 }
    const settled = settle({ ...state, ...beyond })
    const scale = viewedScale(settled)
    expect(settled).toMatchObject({ image: side.images.length - 1, scale: 2, side: 0, anchor: 2 })
    expect(settled.row).toBe((scale?.rows ?? 0) * (scale?.columns ?? 0) * 3 - 1)
    expect(settle({ ...state, view: view({ ...side, images: [] }) })).toMatchObject({ image: 0, row: undefined })
  })

  it('goes to the same place in another grid, and tells of rows once each', () => {
    const told: unknown[] = []
    const store = storeOf(view(side), (place) => told.push(place))
    store.select({ image: 0, scale: 0, row: 3 * 4 + 1 })
    store.set({ scale: 1 })
    // Column 4 of 5 is column 9 of 10, and its anchor the second.
    expect(store.get()).toMatchObject({ scale: 1, row: (1 * 10 + 9) * 3 + 1 })
    store.set({ map: 'iou' })
    expect(told).toEqual([
      { image: 0, scale: 0, row: 13 },
      { image: 0, scale: 1, row: 58 },
    ])
  })

  it('keeps its place when the view is another', () => {
    const store = storeOf(view(side), () => undefined)
    store.set({ image: 1, scale: 1, row: 7, anchor: 1, map: 'conf' })
    store.set({ view: view({ ...side, name: 'another' }) })
    expect(store.get()).toMatchObject({ image: 1, scale: 1, row: 7, anchor: 1, map: 'conf' })
    store.set({ view: view(small) })
    expect(store.get()).toMatchObject({ map: 'conf', anchor: 1 })
  })
})

describe('keys', () => {
  const state: State = settle({ ...firstState(view(side)), image: 0, scale: 0, row: 0, anchor: 0 })
  const row = (key: string, from = state) => afterKey(from, key)?.row

  it('go from cell to cell and stop at the border', () => {
    expect([row('ArrowRight'), row('ArrowDown'), row('ArrowLeft'), row('ArrowUp')]).toEqual([3, 15, 0, 0])
    expect([row('End'), row('Home'), row('PageDown'), row('PageUp')]).toEqual([12, 0, 1, 2])
  })

  it('that mean nothing here are left to the browser', () => {
    expect(['Tab', 'Enter', 'a', 'constructor'].map((key) => afterKey(state, key))).toEqual(Array(4).fill(undefined))
  })
})

describe('two sides', () => {
  const half = { ...side, images: side.images.map((image) => ({ ...image, scales: image.scales.map((scale) => ({ ...scale, cells: scale.cells && { ...scale.cells, conf: scale.cells.conf.map((x) => x / 2) }, shown: [] })) })) } as Side // biome-ignore format: one object

  it('are compared as far as they have cells in common', () => {
    const common = [view(side), view(side, small), view(side, { ...side, name: 'b' }), view(side, half)]
    expect(common.map(comparison)).toEqual(['one side', 'no common cells', 'same numbers', 'differing'])
  })

  it('differ by what the second has more', () => {
    const state = firstState(view(half, side))
    expect(state.side).toBe('difference')
    const [a, b] = [0, 1].map((one) => mapAt({ ...state, side: one }))
    expect([...(mapAt(state) ?? [])]).toEqual([...(b ?? [])].map((x, i) => x - (a?.[i] as number)))
  })
})
