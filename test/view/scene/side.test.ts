import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { float32 } from '../../../src/io/index.js'
import { Answers } from '../../../src/verify/index.js'
import { type Side, sideOf } from '../../../src/view/index.js'
import { resolveConfig } from '../../../src/yolo/index.js'
import { boxCaseNames, caseNames } from '../../support/cases.js'
import { fixtureScene } from './given.js'

const terms = ['xy', 'wh', 'conf', 'class'] as const

const sum = (xs: Iterable<number>): number => [...xs].reduce((a, b) => a + b, 0)

describe('what a page shows of a batch', () => {
  it('is the loss of every fixture, of which its scales, its cells and its rows are the parts', async () => {
    for (const name of [...caseNames, ...boxCaseNames]) {
      if (name.startsWith('real-coco') || name.startsWith('batch-seven')) continue
      const side = sideOf(await fixtureScene(name))
      const total = sum((side.sums?.scales ?? []).flatMap((own) => terms.map((term) => own[term]))) / side.batch
      if (Number.isFinite(side.loss)) expect(total, name).toBeCloseTo(side.loss ?? Number.NaN, 9)
      else expect(total, name).toBe(side.loss)
      expectParts(side, name)
    }
  })

  it('has the loss, the floor and the excess that verification expects', async () => {
    const scene = await fixtureScene('fractional-objectness')
    const answers = Answers.of(scene.config, scene.feeds)
    const side = sideOf(scene)
    expect(side.loss).toBe(answers?.of('loss')?.values[0])
    expect(side.floor).toBe(answers?.of('entropy_floor')?.values[0])
  })

  it('weighs and divides as the configuration says', async () => {
    const weights = { xy: 2, wh: 0, conf: 3, class: 1 }
    const scene = await fixtureScene('tiny-345-012', { weights, reduction: 'sum' })
    const [plain, side] = [sideOf(await fixtureScene('tiny-345-012')), sideOf(scene)]
    expect(side.batch).toBe(1)
    expect(side.sums?.scales[0]?.xy).toBeCloseTo(2 * (plain.sums?.scales[0]?.xy ?? Number.NaN), 10)
    expect(side.sums?.scales[1]?.wh).toBe(0)
    expect(side.loss).toBeCloseTo(sum((side.sums?.scales ?? []).flatMap((s) => terms.map((t) => s[t]))), 9)
  })

  it('names for each hidden cell the box that hides it', async () => {
    const side = sideOf(await fixtureScene('real-coco'))
    const { ignoreThreshold } = side.config
    let hidden = 0
    for (const { boxes, scales } of side.images)
      for (const [scale, { cells }] of scales.entries())
        for (const [row, hider] of (cells?.hider ?? []).entries()) {
          expect(hider >= 0).toBe((cells?.iou[row] ?? -1) >= ignoreThreshold)
          if (hider < 0) continue
          hidden++
          expect(boxes[hider]?.place?.scale).toBe(scale)
        }
    expect(hidden).toBeGreaterThan(0)
  })

  it('says what became of each box: its row and prediction, or why it is not learnt', async () => {
    const two = sideOf(await fixtureScene('two-boxes-one-cell-boxes'))
    expect(two.images[0]?.boxes.map(({ lost }) => lost)).toEqual([
      'overwritten by row 1 of the boxes, which has the same cell and anchor',
      undefined,
      undefined,
      undefined,
    ])
    expect(two.images[0]?.boxes[1]).toMatchObject({ box: [33, 35, 47, 53], class: 4, place: { scale: 2, row: 194 } })
    const tiny = sideOf(await fixtureScene('tiny-345-123-boxes'))
    expect(tiny.findings.map(({ text }) => text)[0]).toBe(
      'Image 0, box 0: not learnt: its size is nearest to that of anchor 0, which no scale has in its mask.',
    )
  })

  it('shows the same of boxes and of the dense labels that they make', async () => {
    const [dense, boxes] = [sideOf(await fixtureScene('non-square')), sideOf(await fixtureScene('non-square-boxes'))]
    expect(boxes.loss).toBe(dense.loss)
    expect(boxes.sums?.scales).toEqual(dense.sums?.scales)
    expect(boxes.worst).toEqual(dense.worst)
  })

  it('lists the rows with the greatest terms, the worst first', async () => {
    const side = sideOf({ ...(await fixtureScene('tiny-345-012')), full: true })
    const totals = side.images.flatMap(({ scales }) => scales.flatMap(({ shown }) => shown.map((row) => sum(terms.map((t) => row.terms[t]))))) // biome-ignore format: one row
    const worst = side.worst.map(({ image, scale, row }) => sum(terms.map((t) => side.images[image]?.scales[scale]?.shown[row]?.terms[t] ?? Number.NaN))) // biome-ignore format: one row
    expect(worst).toEqual(totals.sort((a, b) => b - a).slice(0, 10))
  })

  it('shows boxes alone, with their rows and their floor, where there are no logits', async () => {
    const { feeds, ...scene } = await fixtureScene('real-coco-boxes')
    const side = sideOf({ ...scene, feeds: { boxes: feeds.boxes as never }, input: [416, 416] })
    const whole = sideOf({ ...scene, feeds })
    expect(side.loss).toBeUndefined()
    expect(side.sums).toBeUndefined()
    expect(side.floor).toBe(whole.floor)
    expect(side.images[0]?.scales[0]?.cells).toBeUndefined()
    expect(side.images.map(({ boxes }) => boxes.map(({ place }) => place))).toEqual(
      whole.images.map(({ boxes }) => boxes.map(({ place }) => place)),
    )
    expect(() => sideOf({ ...scene, feeds: { boxes: feeds.boxes as never } })).toThrow('boxes alone do not say')
  })

  it('says where logits are NaN, and ranks such a row first', async () => {
    const scene = await fixtureScene('tiny-345-012')
    const logits = scene.feeds.y_pred_1 as ReturnType<typeof float32>
    const data = Float32Array.from(logits.data)
    data[4 + 3 * (5 + scene.config.classes)] = Number.NaN
    const side = sideOf({ ...scene, feeds: { ...scene.feeds, y_pred_1: float32(logits.shape, data) } })
    expect(side.loss).toBeNaN()
    expect(side.findings[0]?.text).toMatch(/^Image 0, scale 1, .*objectness of a logit is NaN\.$/)
    expect(side.worst[0]).toEqual(side.findings[0]?.place)
  })

  it('has no loss of an image of which a box is refused, and of others has one', async () => {
    const scene = await fixtureScene('real-coco-boxes')
    const { data, ...boxes } = scene.feeds.boxes as ReturnType<typeof float32>
    const bad = Float32Array.from(data, (x, i) => (i === 0 ? Number.NaN : x))
    const side = sideOf({ ...scene, feeds: { ...scene.feeds, boxes: { ...boxes, data: bad } } })
    expect(side.loss).toBeNaN()
    expect(side.images.map(({ refused }) => refused)).toEqual([true, ...side.images.slice(1).map(() => undefined)])
  })

  it('refuses arrays of another configuration', async () => {
    const scene = await fixtureScene('tiny-345-012')
    expect(() => sideOf({ ...scene, config: { ...scene.config, classes: 9 } })).toThrow('are not those of a loss')
  })

  it('refuses more rows than a page can hold, and fewer where all are shown in full', () => {
    const config = resolveConfig({ anchors: [[9, 9]], anchorMask: [[0]], classes: 1 })
    const zeros = (...shape: number[]) => float32(shape, new Float32Array(shape.reduce((n, d) => n * d, 1)))
    const scene = (h: number, w: number) => ({ name: 'large', config, feeds: { y_pred_0: zeros(1, h, w, 6), y_true_0: zeros(1, h, w, 1, 6) } }) // biome-ignore format: one row
    expect(() => sideOf(scene(1025, 1024))).toThrow('1049600 rows, and a page holds 1048576')
    expect(() => sideOf({ ...scene(400, 400), full: true })).toThrow('160000 rows, and a page holds 131072')
    expect(sideOf(scene(400, 400)).images).toHaveLength(1)
  })

  it('runs in browsers: bundled it holds no module of Node', async () => {
    const bundle = await build({
      stdin: { contents: "export { sideOf } from './src/view/scene/side.js'", resolveDir: '.', loader: 'ts' },
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'browser',
      packages: 'external',
      logLevel: 'silent',
      minifySyntax: true,
    })
    const text = bundle.outputFiles[0]?.text ?? ''
    expect(text).toContain('function sideOf')
    expect(text.match(/from ?["'][^"']+["']|import ?["'][^"']+["']|require\(["'][^"']+["']\)|\bprocess\./g)).toBeNull()
  })
})

/** The cells of the page add up to its sums: κ and terms to the rounding of a Float32Array. */
function expectParts(side: Side, name: string): void {
  for (const [l, own] of (side.sums?.scales ?? []).entries()) {
    const scales = side.images.map(({ scales }) => scales[l])
    const conf = sum(scales.flatMap((scale) => [...(scale?.cells?.conf ?? [])]))
    if (Number.isFinite(own.conf)) expect(conf / own.conf, name).toBeCloseTo(1, 5)
    for (const term of ['xy', 'wh', 'class'] as const) {
      const rows = sum(scales.flatMap((scale) => (scale?.shown ?? []).map(({ terms }) => terms[term])))
      if (Number.isFinite(own[term])) expect(rows, name).toBeCloseTo(own[term], 8)
      else expect(rows, name).toBe(own[term])
    }
  }
}
