import { describe, expect, it } from 'vitest'
import type { AnyTensor } from '../../../../src/io/index.js'
import { evaluateModel } from '../../../../src/runtime/index.js'
import { packBatch, unpackBatch } from '../../../../src/view/live/batch/batch.js'
import { boxesOf, type Corners } from '../../../../src/view/live/batch/boxes.js'
import { expected, graphOf } from '../../../../src/view/live/batch/compute.js'
import { type Edit, edited } from '../../../../src/view/live/batch/edits.js'
import { begun, further, reset, undone } from '../../../../src/view/live/batch/history.js'
import { logitAt } from '../../../../src/view/live/batch/logits.js'
import { undensed } from '../../../../src/view/live/batch/undense.js'
import { caseNames } from '../../../support/cases.js'
import { liveFixture } from './fixture.js'

const boxes = await liveFixture('non-square-boxes')
const first = boxesOf(boxes, 0)[0] as ReturnType<typeof boxesOf>[number]
const moved = first.corners.map((x, i) => x + (i % 2 === 0 ? 9 : -6)) as unknown as Corners

const place = { image: 1, scale: 1, row: 7, channel: 4 }
const edits: Readonly<Record<string, Edit>> = {
  threshold: { kind: 'threshold', value: 0.31 },
  logit: { kind: 'logit', place, value: 3.5 },
  box: { kind: 'box', image: 0, index: first.index, corners: moved },
}

describe('an edit', () => {
  it.each(Object.keys(edits))('of a %s: the graph that is built anew follows the reference', async (name) => {
    const before = expected(boxes).loss
    const after = edited(boxes, edits[name] as Edit)
    const { loss, tolerance } = expected(after)
    const outputs = await evaluateModel(graphOf(after.config), after.feeds)
    expect(loss).not.toBe(before)
    expect(Math.abs(Number(outputs.get('loss')?.data[0]) - loss)).toBeLessThanOrEqual(tolerance)
    expect(expected(boxes).loss).toBe(before)
  })

  it.each(['nhwc', 'nchw', 'nachw', 'nahwc'] as const)('reaches the same logit in %s', async (layout) => {
    const { feeds, config } = boxes
    const outputs = (await rearranged(layout)) as typeof feeds
    const other = { config: { ...config, layout }, feeds: outputs }
    expect(expected(other).loss).toBeCloseTo(expected(boxes).loss, 9)
    const edit: Edit = { kind: 'logit', place, value: -2.25 }
    expect(logitAt(edited(other, edit), place)).toBe(-2.25)
    expect(expected(edited(other, edit)).loss).toBeCloseTo(expected(edited(boxes, edit)).loss, 9)
  })

  it('is refused for a place that is not there', () => {
    const far: Edit = { kind: 'logit', place: { ...place, row: 1e6 }, value: 0 }
    expect(() => edited(boxes, far)).toThrow(RangeError)
    expect(() => edited(boxes, { kind: 'box', image: 0, index: 99, corners: moved })).toThrow(RangeError)
    expect(() => edited(boxes, { kind: 'threshold', value: -1 })).toThrow('ignoreThreshold')
  })
})

/** The heads of the batch in another layout: `[B,h,w,A·D]` turned round by hand. */
async function rearranged(layout: string): Promise<Record<string, AnyTensor>> {
  const { feeds, config } = boxes
  const heads = config.anchorMask.map((mask, l) => {
    const { shape, data } = feeds[`y_pred_${l}`] as AnyTensor<'float32'>
    const [b = 0, h = 0, w = 0, ad = 0] = shape
    const [a, d] = [mask.length, ad / mask.length]
    const turned = new Float32Array(data.length)
    for (const [i, x] of data.entries()) {
      const [k, n] = [i % d, Math.floor(i / d) % a]
      const [col, row, image] = [Math.floor(i / ad) % w, Math.floor(i / ad / w) % h, Math.floor(i / ad / w / h)]
      const at =
        layout === 'nhwc'
          ? i
          : layout === 'nahwc'
            ? (((image * a + n) * h + row) * w + col) * d + k
            : (((image * a + n) * d + k) * h + row) * w + col
      turned[at] = x
    }
    const shapes: Record<string, number[]> = { nhwc: [b, h, w, ad], nchw: [b, ad, h, w], nachw: [b, a, d, h, w], nahwc: [b, a, h, w, d] } // biome-ignore format: one row
    return [`y_pred_${l}`, { dtype: 'float32', shape: shapes[layout] ?? [], data: turned }] as const
  })
  return { ...feeds, ...Object.fromEntries(heads) }
}

describe('a history', () => {
  const start = begun(boxes)
  const twice = further(further(start, edits.threshold as Edit), edits.logit as Edit)

  it('goes back a step, and to the beginning', () => {
    expect(undone(twice).edits).toEqual([edits.threshold])
    expect(expected(undone(twice).batch).loss).toBe(expected(further(start, edits.threshold as Edit).batch).loss)
    expect(reset(twice)).toEqual(start)
    expect(undone(start)).toEqual(start)
  })

  it('has the steps of a drag as one', () => {
    const other: Edit = { kind: 'logit', place, value: -1 }
    const dragged = further(twice, other, true)
    expect(dragged.edits).toEqual([edits.threshold, other])
    expect(undone(dragged).edits).toEqual([edits.threshold])
  })
})

describe('a batch as text', () => {
  it('keeps every bit', async () => {
    expect(await unpackBatch(await packBatch(boxes))).toEqual(boxes)
  })
})

describe('boxes that are read out of dense labels', () => {
  /** Rows that boxes cannot say: more than one class by halves, and sizes of 0, which are no boxes. */
  const lost: Readonly<Record<string, number>> = { 'labels-beyond-one': 7, 'zero-size': 5 }

  it.each(caseNames)('give the labels of %s again, or say how many rows not', async (name) => {
    const dense = await liveFixture(name)
    const { batch, differing } = undensed(dense)
    expect(differing).toBe(lost[name] ?? 0)
    const [own, other] = [expected(dense).loss, expected(batch).loss]
    if (differing === 0) expect(Math.abs(own - other)).toBeLessThanOrEqual(1e-9 * own)
  })
})
