import { describe, expect, it } from 'vitest'
import { float32 } from '../../src/io/tensor.js'
import { notesOf } from '../../src/notes/index.js'
import type { LossConfig } from '../../src/yolo/config/config.js'
import { arrays, base, boxes, changed, graph, labels, logits, noted, save } from './cli.js'

const dense = await graph('dense.onnx')
const heads = Object.fromEntries(logits.map((t, l) => [`y_pred_${l}`, t]))

/** The labels of both scales, changed alike; the entry is that of a row. */
const relabelled = (change: (x: number, entry: number, isObject: boolean) => number) =>
  Object.fromEntries(
    labels.map((t, l) => [`y_true_${l}`, changed(t, (x, i) => change(x, i % 8, t.data[i - (i % 8) + 4] !== 0))]),
  )

const toPixels = (x: number, entry: number) => x * ([128, 96, 128, 96][entry] ?? 1)

/** Notes on sound arrays but for some. */
function told(given: Parameters<typeof arrays>[0], layout: LossConfig['layout'] = 'nhwc') {
  const notes = notesOf({ ...base, layout }, arrays(given))
  return { notes, codes: notes.map(({ code }) => code) }
}

describe('of dense labels', () => {
  it('nothing where they are as they should be', () => {
    expect(told({}).notes).toEqual([])
  })

  it('labels in pixels, with the first of them and how many more there are', () => {
    const { notes } = told(relabelled(toPixels))
    expect(notes).toEqual([
      {
        code: 'labels-in-pixels',
        where: 'y_true_0[1,1,2,0]',
        values: { x: 75, y: 52, w: 91, h: 81 },
        remedy: expect.stringContaining('divide x and w by the width'),
        more: 2,
      },
    ])
  })

  it('an objectness of 0 to 255', () => {
    const run = told(relabelled((x, entry) => (entry === 4 ? x * 255 : x)))
    expect([run.codes, run.notes[0]?.values]).toEqual([['objectness-above-1'], { objectness: 255 }])
    expect(run.notes[0]?.remedy).toContain('divide it by 255')
  })

  it('no object at all', () => {
    const run = told(relabelled(() => 0))
    expect([run.codes, run.notes[0]?.values]).toEqual([['no-object'], { images: 2 }])
  })

  it('objects of no class', () => {
    const run = told(relabelled((x, entry) => (entry > 4 ? 0 : x)))
    expect([run.codes, run.notes[0]?.values]).toEqual([['no-class'], { classes: 3 }])
  })

  it('objects of two classes in one-hot labels', () => {
    const run = told(relabelled((x, entry, isObject) => (entry > 5 && isObject ? 1 : x)))
    expect([run.codes, run.notes[0]?.values]).toEqual([['several-classes'], { classes: 3 - 1 }])
  })

  it('but not soft labels, which have several', () => {
    const run = told(relabelled((x, entry, isObject) => (entry > 4 && isObject ? 0.9 * x + 0.1 / 3 : x)))
    expect(run.codes).toEqual([])
  })

  it.each(['nhwc', 'nchw', 'nachw', 'nahwc'] as const)('logits that look like probabilities, in %s', (layout) => {
    const inOrder = (t: (typeof logits)[number]) => {
      const [b = 0, h = 0, w = 0] = t.shape
      // Sizes and offsets may be anything; what follows them lies from 0 to 1 in every order of axes.
      const shape = { nhwc: [b, h, w, 24], nchw: [b, 24, h, w], nachw: [b, 3, 8, h, w], nahwc: [b, 3, h, w, 8] }[layout]
      const cells = layout === 'nhwc' || layout === 'nahwc' ? 1 : h * w
      const entry = (i: number) => Math.floor(i / cells) % 8
      return float32(
        shape,
        t.data.map((x, i) => (entry(i) < 4 ? x : 1 / (1 + Math.exp(-x)))),
      )
    }
    const likely = Object.fromEntries(logits.map((t, l) => [`y_pred_${l}`, inOrder(t)]))
    expect(told(likely, layout).codes).toEqual(['logits-like-probabilities'])
    const sound = likely.y_pred_1 ?? float32([], [0])
    const last = float32(sound.shape, [...sound.data.slice(0, -1), 1.5])
    expect(told({ ...likely, y_pred_1: last }, layout).codes).toEqual([])
  })

  it('grids fine to coarse', () => {
    const turned = { y_pred_0: logits[1], y_pred_1: logits[0], y_true_0: labels[1], y_true_1: labels[0] }
    const run = told(turned as Parameters<typeof arrays>[0])
    expect(run.codes).toContain('scales-fine-to-coarse')
    expect(run.notes.find(({ code }) => code === 'scales-fine-to-coarse')?.values).toEqual({ grids: '6×8, 3×4' })
  })
})

describe('of boxes', () => {
  const ofTable = (table: typeof boxes) => {
    const notes = notesOf({ ...base, labels: 'boxes' }, { ...heads, boxes: table })
    return { notes, codes: notes.map(({ code }) => code) }
  }

  it('nothing where they are pixels of the input', () => {
    expect(ofTable(boxes).codes).toEqual([])
  })

  it('fractions in place of pixels', () => {
    const run = ofTable(changed(boxes, (x, i) => (i % 5 === 4 ? x : x / 128)))
    expect([run.codes, run.notes[0]?.where]).toEqual([['normalised-boxes'], 'boxes[0,0]'])
  })

  it('pixels of a larger image', () => {
    const run = ofTable(changed(boxes, (x, i) => (i % 5 === 4 ? x : i % 5 > 1 ? x * 5 : x)))
    expect([run.codes, run.notes[0]?.values]).toEqual([
      ['boxes-beyond-input'],
      { x1: 10, y1: 20, x2: 350, y2: 300, input: '96×128' },
    ])
  })

  it('no box at all', () => {
    expect(ofTable(changed(boxes, () => 0)).codes).toEqual(['no-object'])
  })
})

describe('commands tell them', () => {
  it('eval with the file, beside the loss, and says nothing else of those labels', async () => {
    const file = await save('data.npz', arrays(relabelled(toPixels)))
    const run = await noted(['eval', dense, file])
    expect(run.stderr).toMatch(
      /^note: .*data\.npz, y_true_0\[1,1,2,0\]: the label looks like pixels.* \(x 75, y 52, w 91, h 81; 2 more such\)\n {2}hint: divide/,
    )
    expect([run.code, run.codes]).toEqual([0, ['labels-in-pixels']])
    expect(run.report).toMatchObject({ outputs: { loss: expect.any(Number) }, findings: [], explanation: [] })
  })

  it.each([
    ['verify', ['verify', dense, '--data']],
    ['record', ['record', dense, '-o', `${dense}-kept`, '--data']],
    ['diff', ['diff', dense, dense, '--data']],
  ])('%s, too', async (_, args) => {
    const file = await save('none.npz', arrays(relabelled(() => 0)))
    expect((await noted([...args, file])).codes).toEqual(['no-object'])
  })

  it('once, of several batches', async () => {
    const files = [await save('a.npz', arrays(relabelled(() => 0))), await save('b.npz', arrays(relabelled(() => 0)))]
    const run = await noted(['eval', dense, ...files])
    expect([run.codes, run.notes[0]]).toMatchObject([['no-object'], { where: `${files[0]}, y_true_0`, more: 1 }])
    expect(run.stderr.match(/^note: /gm)).toHaveLength(1)
  })
})
