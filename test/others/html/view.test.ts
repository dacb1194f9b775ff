import { mkdirSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'puppeteer-core'
import { describe, expect, it } from 'vitest'
import { type Side, sideOf, type View } from '../../../src/view/index.js'
import { chromium, inaccessible, type Look, open, overflow, writePage } from '../../support/browser.js'
import { scratch } from '../../verify/cases.js'
import { fixtureScene } from '../../view/scene/given.js'
import { batchOf16 } from './batch.js'

const root = await scratch()
const browser = await chromium()
const view = (title: string, ...sides: Side[]): View => ({ title, made: 'onnx-yolo-loss, keras-yolo3', sides })

const wide = sideOf(await fixtureScene('non-square'))
const coco = sideOf(await fixtureScene('real-coco'))
const tiny = sideOf(await fixtureScene('tiny-345-123'))
const many = sideOf(await batchOf16())
const sides = { 'non-square': wide, 'real-coco': coco, 'tiny-345-123': tiny, sixteen: many }
const files = Object.fromEntries(
  await Promise.all(Object.entries(sides).map(async ([name, side]) => [name, await writePage(root, name, view(name, side))])), // biome-ignore format: one row
) as Record<keyof typeof sides, string>
const names = Object.keys(sides) as (keyof typeof sides)[]

/** Keeps a picture where SCREENSHOTS names a folder. */
async function picture(page: Page, name: string): Promise<void> {
  if (!process.env.SCREENSHOTS) return
  mkdirSync(process.env.SCREENSHOTS, { recursive: true })
  await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`) as `${string}.png`, fullPage: true })
}

const text = (page: Page, selector: string): Promise<string> =>
  page.evaluate(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? ''`) as Promise<string>

/** Clicks the middle of a cell of the grid that is shown. */
async function clickCell(
  page: Page,
  { columns, rows }: { columns: number; rows: number },
  column: number,
  line: number,
) {
  const stage = await page.$('#stage')
  const { x, y, width, height } = (await stage?.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
  await page.mouse.click(x + ((column + 0.5) * width) / columns, y + ((line + 0.5) * height) / rows)
}

describe.each(names)('the page of %s', (name) => {
  const looks: Look[] = [400, 800, 1400].flatMap((width) => [{ width }, { width, scheme: 'dark' }])

  it.each(looks)('opens without fault, fits and can be used by everyone: $width $scheme', async (look) => {
    const { page, faults } = await open(browser, files[name], look)
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    expect(await inaccessible(page)).toEqual([])
    await picture(page, `view-${name}-${look.width}-${look.scheme ?? 'light'}`)
    expect(faults).toEqual([])
    await page.close()
  })

  it('has heat maps that add up to the exact sums, but for their eleven bits', async () => {
    const { page } = await open(browser, files[name])
    const rows = (await page.evaluate(`[...document.querySelectorAll('.sums tbody tr')].map((tr) =>
      [...tr.querySelectorAll('data')].map((d) => Number(d.value)))`)) as number[][]
    const { scales } = sides[name].sums ?? { scales: [] }
    expect(rows.length).toBe(2 * (scales.length + 1))
    for (const [s, { xy, wh, conf, class: classes }] of scales.entries()) {
      expect(rows[2 * s]).toEqual([xy, wh, conf, classes, xy + wh + conf + classes])
      const map = rows[2 * s + 1] as number[]
      // 2^-11 of each number, and what is below the span of its array.
      for (const [k, exact] of [xy, wh, conf, classes].entries())
        expect(Math.abs((map[k] as number) - exact), `${s} ${k}`).toBeLessThanOrEqual(2 ** -11 * Math.abs(exact) + 1e-9)
    }
    await page.close()
  })
})

describe('the picture', () => {
  it('names the box that hides a cell, with its IoU, when the cell is clicked', async () => {
    const { page, faults } = await open(browser, files['non-square'])
    let clicked = 0
    for (const [s, scale] of (wide.images[0]?.scales ?? []).entries())
      for (const [row, box] of (scale.cells?.hider ?? []).entries()) {
        if (box < 0 || scale.shown.find((shown) => shown.row === row)?.why === 'positive') continue
        const cell = Math.floor(row / scale.anchors.length)
        await page.evaluate(`document.getElementById('scale-${s}').click()`)
        await page.evaluate(`document.getElementById('anchor-${row % scale.anchors.length}').click()`)
        await clickCell(page, scale, cell % scale.columns, Math.floor(cell / scale.columns))
        const role = await text(page, '.role')
        expect(role).toContain(`hidden by box ${box} (`)
        const iou = Number(/IoU ([\d.]+) ≥ 0.5/.exec(role)?.[1])
        expect(iou).toBeCloseTo(scale.cells?.iou[row] ?? Number.NaN, 3)
        clicked++
      }
    expect(clicked).toBeGreaterThan(2)
    expect(faults).toEqual([])
    await page.close()
  })

  it('shows the logits, terms and gradient of the row that is clicked, as the reference has them', async () => {
    const { page } = await open(browser, files['tiny-345-123'])
    const place = tiny.images[0]?.boxes[0]?.place
    const scale = tiny.images[0]?.scales[place?.scale ?? 0]
    const shown = scale?.shown.find(({ row }) => row === place?.row)
    await page.evaluate(`location.hash = 'image=0&scale=${place?.scale}&row=${place?.row}'`)
    await page.waitForFunction(`document.querySelector('.details').textContent.includes('flat index ${place?.row}')`)
    const values = (await page.evaluate(`[...document.querySelectorAll('.details data')].map((d) => Number(d.value))`)) as number[] // biome-ignore format: one row
    const logits = [...(shown?.logits ?? [])]
    expect(logits.length).toBeGreaterThan(5)
    for (const x of [...logits, ...(shown?.gradient ?? []), ...Object.values(shown?.terms ?? {})])
      expect(values).toContain(x)
    expect(await text(page, '.role')).toContain('responsible for box 0 (')
    await page.close()
  })

  it('is gone through by arrow keys, and says aloud where it is', async () => {
    const { page } = await open(browser, files['non-square'], {}, '#image=0&scale=0&row=0')
    await page.focus('#stage')
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown'] as const) await page.keyboard.press(key)
    expect(await text(page, '.details h3')).toBe('Column 2, row 1')
    expect(await text(page, '[aria-live]')).toMatch(/^Column 2, row 1, anchor .*: .*, loss .*\.$/)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('End')
    expect(await text(page, '.details h3')).toBe('Column 4, row 1')
    const anchor = await text(page, '.anchors [aria-pressed=true]')
    await page.keyboard.press('PageDown')
    expect(await text(page, '.anchors [aria-pressed=true]')).not.toBe(anchor)
    expect(await page.evaluate('document.activeElement.id')).toBe('stage')
    await page.close()
  })

  it('says beside the pointer what is under it, and nothing when the pointer has gone', async () => {
    const { page } = await open(browser, files['non-square'], {}, '#image=0&scale=0&row=0')
    const { x, y, width, height } = (await (await page.$('#stage'))?.boundingBox()) ?? {
      x: 0,
      y: 0,
      width: 0,
      height: 0,
    }
    await page.mouse.move(x + width * 0.5, y + height * 0.75)
    expect(await text(page, '.tip:not([hidden])')).toMatch(
      /^Column 2, row 1, anchor .*All terms .*; t_x, t_y, t_w, t_h .*; t_o /,
    )
    expect(await text(page, '.details h3')).toBe('Column 0, row 0')
    await page.mouse.move(2, 2)
    expect(await text(page, '.tip:not([hidden])')).toBe('')
    await page.close()
  })

  it('leaves nothing that the keyboard alone does not reach', async () => {
    const { page } = await open(browser, files['non-square'], { height: 700 })
    const reachable = (await page.evaluate(`[...document.querySelectorAll('a[href], button:enabled, select, input, summary, [tabindex="0"]')]
      .filter((e) => e.checkVisibility()).filter((e) => e.type !== 'radio' || e.checked).map((e, i) => e.dataset.number = String(i)).length`)) as number // biome-ignore format: one row
    const reached = new Set<string>()
    for (let i = 0; i < reachable + 2; i++) {
      await page.keyboard.press('Tab')
      reached.add((await page.evaluate('document.activeElement.dataset.number ?? "none"')) as string)
    }
    reached.delete('none')
    expect(reached.size).toBe(reachable)
    await page.close()
  })

  it('changes what it shows by keyboard, and the control keeps the focus', async () => {
    const { page } = await open(browser, files['real-coco'])
    await page.focus('#map-loss')
    await page.keyboard.press('ArrowRight')
    expect(await text(page, '.legend')).toContain('The xy term at each cell')
    expect(await page.evaluate('document.activeElement.id')).toBe('map-xy')
    await page.focus('#image')
    await page.keyboard.press('ArrowDown')
    expect(await page.evaluate('document.getElementById("image").value')).toBe('1')
    await page.close()
  })

  it('tells whoever listens of the row that is selected', async () => {
    const { page } = await open(browser, files['non-square'], {}, '#image=0&scale=0&row=0')
    await page.evaluate(`document.addEventListener('yolo-row', (e) => { window.told = e.detail })`)
    await page.click('.places a')
    const [worst] = wide.worst
    const places = (await page.evaluate('window.told')) as object
    expect(Object.keys(places).sort()).toEqual(['image', 'row', 'scale'])
    const first = (await page.evaluate(
      `document.querySelectorAll('#viewer ~ .part a')[0].getAttribute('href')`,
    )) as string
    expect(first).toBe(`#image=${worst?.image}&scale=${worst?.scale}&row=${worst?.row}`)
    await page.close()
  })
})

describe('the page of sixteen images', () => {
  it('has at most 6 MB', async () => {
    expect((await stat(files.sixteen)).size).toBeLessThanOrEqual(6e6)
  })

  it('shows each of them', async () => {
    const { page, faults } = await open(browser, files.sixteen)
    expect(await page.evaluate('document.querySelectorAll("#image option").length')).toBe(16)
    for (const i of [15, 7]) {
      await page.select('#image', String(i))
      expect(await page.evaluate('document.querySelector(".stage img").src')).toBe(many.images[i]?.picture)
    }
    expect(faults).toEqual([])
    await page.close()
  })
})
