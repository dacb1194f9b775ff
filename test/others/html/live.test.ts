import { createReadStream, mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type { Page } from 'puppeteer-core'
import { afterAll, describe, expect, it } from 'vitest'
import type { AnyTensor } from '../../../src/io/index.js'
import { assignBoxes, yoloLoss } from '../../../src/reference/index.js'
import { liveFiles, serve, sideOf, writeLive } from '../../../src/view/index.js'
import type { LiveBatch } from '../../../src/view/live/batch/batch.js'
import { chromium, inaccessible, overflow } from '../../support/browser.js'
import { readFixture } from '../../support/cases.js'
import { scratch } from '../../verify/cases.js'
import { liveFixture } from '../../view/live/batch/fixture.js'

/** The folder of onnxruntime-web, which is no dependency of the project: test/others/html/run.sh gets it. */
const ortWeb = process.env.ORT_WEB ?? ''

it.skipIf(ortWeb)('live pages are not tried: ORT_WEB names no folder of onnxruntime-web', () => {})

/** What somebody may change on a live page. */
interface Change {
  readonly threshold?: number
  readonly box?: { readonly image: number; readonly index: number; readonly corners: readonly number[] }
  readonly logit?: { readonly scale: number; readonly at: number; readonly value: number }
}

/** The loss of a changed batch with labels as boxes, by nothing but the reference. */
function lossOf({ config, feeds }: LiveBatch, { threshold, box, logit }: Change = {}): number {
  const { anchors, anchorMask, classes, padding, ignoreThreshold } = config
  const { shape, data } = feeds.boxes as AnyTensor<'float32'>
  const boxes = { shape, data: data.slice() }
  if (box) boxes.data.set(box.corners, (box.image * (shape[1] ?? 0) + box.index) * (shape[2] ?? 0))
  const logits = anchorMask.map((_, l) => {
    const head = feeds[`y_pred_${l}`] as AnyTensor<'float32'>
    const changed = head.data.slice()
    if (logit?.scale === l) changed[logit.at] = logit.value
    return { shape: head.shape, data: changed }
  })
  const [, h = 0, w = 0] = logits[0]?.shape ?? []
  const input = { width: w * 32, height: h * 32 }
  const { labels } = assignBoxes({ anchors, anchorMask, classes, padding, input, boxes })
  return yoloLoss({ anchors, anchorMask, classes, ignoreThreshold: threshold ?? ignoreThreshold, logits, labels }).loss
}

const number = (page: Page, id: string): Promise<number> =>
  page.evaluate(`Number(document.querySelector('#${id} data')?.value ?? NaN)`) as Promise<number>
const text = (page: Page, selector: string): Promise<string> =>
  page.evaluate(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? ''`) as Promise<string>

/** Of elements of SVG too. */
const focus = (page: Page, selector: string): Promise<void> =>
  page.$eval(selector, (element) => (element as unknown as { focus(): void }).focus())

/** Types a number as somebody would who goes on by Tab. */
async function type(page: Page, id: string, value: number): Promise<void> {
  await page.$eval(`#${id}`, (field) => (field as unknown as { select(): void }).select())
  await page.type(`#${id}`, String(value))
  await page.keyboard.press('Tab')
}

/** Waits until graph and reference have followed a change. */
async function settled(page: Page, changes: number): Promise<void> {
  const is = `document.querySelectorAll('#live-edits li').length === ${changes} && /^loss/.test(document.querySelector('#live-said')?.textContent)`
  await page.waitForFunction(is, { timeout: 40_000 })
}

const closeTo = (a: number, b: number) => expect(Math.abs(a / b - 1)).toBeLessThan(1e-5)

/** Both losses of the page are those of the reference. */
async function bothAre(page: Page, loss: number): Promise<void> {
  closeTo(await number(page, 'live-graph'), loss)
  closeTo(await number(page, 'live-reference'), loss)
  expect(await text(page, '#live-difference')).toContain('within rounding')
  expect(await text(page, '#live-failure')).toBe('')
}

async function picture(page: Page, name: string): Promise<void> {
  if (!process.env.SCREENSHOTS) return
  mkdirSync(process.env.SCREENSHOTS, { recursive: true })
  const live = await page.$('#live')
  await live?.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`) as `${string}.png` })
}

describe.runIf(ortWeb)('a live page', async () => {
  const root = await scratch()
  const browser = await chromium()
  const batches = { dense: await liveFixture('real-coco'), boxes: await liveFixture('real-coco-boxes') }
  const head = batches.boxes.feeds.y_pred_0 as AnyTensor<'float32'>
  const notNumbers = { ...head, data: head.data.with(4, Number.NaN) }
  const nan = { ...batches.boxes, feeds: { ...batches.boxes.feeds, y_pred_0: notNumbers } }
  const addresses: Record<string, string> = {}
  for (const [name, batch] of Object.entries({ ...batches, nan })) {
    const view = { title: name, made: 'by a test', sides: [sideOf({ name, ...batch })] }
    await writeLive(join(root, name), { view, batch, backend: 'wasm', ortWeb })
    const served = await serve(join(root, name), liveFiles('wasm'))
    afterAll(() => served.close())
    addresses[name] = served.address
  }
  const test = await readFixture('real-coco')
  const fixture = Number(test.dataSets[0]?.outputs.find(({ name }) => name === 'loss')?.tensor.data[0])

  async function opened(address: string, width = 1400, scheme = 'light') {
    const page = await browser.newPage()
    const faults: string[] = []
    page.on('console', (message) => faults.push(`console: ${message.text()}`))
    page.on('pageerror', (error) => faults.push(`thrown: ${error}`))
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(address)) faults.push(`loaded: ${request.url()}`) // biome-ignore format: one row
    })
    await page.setViewport({ width, height: 1000 })
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
    await page.goto(address)
    await page.waitForSelector('#live-said')
    await settled(page, 0)
    return { page, faults }
  }

  it.each(['dense', 'boxes'] as const)('gives the loss of the fixture, from %s labels, on wasm', async (name) => {
    const { page, faults } = await opened(addresses[name] as string)
    await bothAre(page, fixture)
    expect(await text(page, '#live-numbers, #live .live-numbers')).toContain('wasm, loss.onnx')
    expect(await page.evaluate('crossOriginIsolated')).toBe(true)
    expect(faults).toEqual([])
    await page.close()
  })

  it('follows a box that the keyboard moves, a threshold, and a logit, one after the other and back', async () => {
    const batch = batches.boxes
    const { page, faults } = await opened(addresses.boxes as string)
    const shown = await text(page, '#page')
    const before = Array.from((batch.feeds.boxes as AnyTensor<'float32'>).data.slice(0, 4))
    await focus(page, '#live-stage')
    for (const key of ['ArrowRight', 'ArrowDown'] as const) await page.keyboard.press(key)
    await page.keyboard.down('Shift')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.up('Shift')
    await settled(page, 3)
    const corners = [1, 1, 0, 1].map((by, k) => (before[k] ?? 0) + by)
    const box = { image: 0, index: 0, corners }
    await bothAre(page, lossOf(batch, { box }))
    expect(lossOf(batch, { box })).not.toBeCloseTo(fixture, 3)
    expect(await text(page, '#page')).not.toBe(shown)

    await type(page, 'live-threshold', 0.35)
    await settled(page, 4)
    await bothAre(page, lossOf(batch, { box, threshold: 0.35 }))
    expect(lossOf(batch, { box, threshold: 0.35 })).not.toBeCloseTo(lossOf(batch, { box }), 3)
    expect(await text(page, '#live .live-numbers')).toContain('wasm, built here')

    const logit = await logitOf(page, batch)
    await type(page, 'live-logit', 4.5)
    await settled(page, 5)
    await bothAre(page, lossOf(batch, { box, threshold: 0.35, logit }))
    expect(lossOf(batch, { box, threshold: 0.35, logit })).not.toBeCloseTo(lossOf(batch, { box, threshold: 0.35 }), 3)
    await picture(page, 'live-changed')

    await page.click('#live-undo')
    await settled(page, 4)
    await bothAre(page, lossOf(batch, { box, threshold: 0.35 }))
    await page.click('#live-reset')
    await settled(page, 0)
    await bothAre(page, fixture)
    expect(await number(page, 'live-change')).toBe(0)
    expect(faults).toEqual([])
    await page.close()
  })

  it('follows a drag, which is one change, and the cell that is selected on the page', async () => {
    const batch = batches.boxes
    const { page, faults } = await opened(addresses.boxes as string)
    const stage = await page.$('#live-stage .live-selected')
    await stage?.scrollIntoView()
    const { x, y, width, height } = (await stage?.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
    await page.mouse.move(x + width / 2, y + height / 2)
    await page.mouse.down()
    await page.mouse.move(x + width / 2 + 20, y + height / 2 + 10, { steps: 4 })
    await page.mouse.up()
    await settled(page, 1)
    const corners = await Promise.all(['left', 'top', 'right', 'bottom'].map((edge) => page.$eval(`#live-${edge}`, (field) => Number((field as unknown as { value: string }).value)))) // biome-ignore format: one row
    expect(corners).not.toEqual(Array.from((batch.feeds.boxes as AnyTensor<'float32'>).data.slice(0, 4)))
    await bothAre(page, lossOf(batch, { box: { image: 0, index: 0, corners } }))

    const before = await text(page, '#live-row')
    await page.$$eval('a.row-link', (links) => (links[3] as unknown as { click(): void }).click())
    expect(await text(page, '#live-row')).not.toBe(before)
    const logit = await logitOf(page, batch)
    await type(page, 'live-logit', 4.5)
    await settled(page, 2)
    await bothAre(page, lossOf(batch, { box: { image: 0, index: 0, corners }, logit }))
    expect(faults).toEqual([])
    await page.close()
  })

  it('reads boxes out of dense labels, says that they mean the same, and moves them', async () => {
    const { page, faults } = await opened(addresses.dense as string)
    await page.click('#live-undense')
    await settled(page, 1)
    expect(await text(page, '#live-dense')).toContain('assigned anew they give the same labels')
    await bothAre(page, fixture)
    await type(page, 'live-right', 300)
    await settled(page, 2)
    const change = await number(page, 'live-change')
    expect(Math.abs(change)).toBeGreaterThan(1e-3)
    closeTo(await number(page, 'live-graph'), fixture + change)
    expect(faults).toEqual([])
    await page.close()
  })

  it('refuses what is no threshold, in words, and goes on', async () => {
    const { page } = await opened(addresses.boxes as string)
    await type(page, 'live-threshold', -1)
    expect(await text(page, '#live-failure')).toContain('ignoreThreshold')
    await type(page, 'live-threshold', 0.6)
    await settled(page, 1)
    await bothAre(page, lossOf(batches.boxes, { threshold: 0.6 }))
    await page.close()
  })

  it('agrees where graph and reference both have NaN, shows the logit that it comes from, and what takes its place', async () => {
    const { page } = await opened(addresses.nan as string)
    expect(await number(page, 'live-reference')).toBeNaN()
    expect(await text(page, '#live-difference')).toContain('✓ within rounding')
    expect(await text(page, '#live-said')).toMatch(/^loss NaN, as at the beginning/)
    const shown = `(({ value, placeholder }) => value + placeholder)(document.getElementById('live-logit'))`
    expect(await page.evaluate(shown)).toBe('NaN')
    await type(page, 'live-logit', 1.5)
    await settled(page, 1)
    expect(await text(page, '#live-said')).toMatch(/^loss \d.*, which was no number at the beginning/)
    expect(await page.evaluate(shown)).toBe('1.5')
    await page.close()
  })

  it('runs from a server that isolates nothing, without threads', async () => {
    const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' } // biome-ignore format: one row
    const plain = createServer(({ url = '/' }, response) => {
      const name = url === '/' ? 'index.html' : url
      response.writeHead(200, { 'Content-Type': types[extname(name)] ?? 'application/octet-stream' })
      createReadStream(join(root, 'boxes', name)).pipe(response)
    })
    await new Promise<void>((done) => plain.listen(0, '127.0.0.1', () => done()))
    const { page, faults } = await opened(`http://127.0.0.1:${(plain.address() as AddressInfo).port}/`)
    await bothAre(page, fixture)
    expect(await page.evaluate('crossOriginIsolated')).toBe(false)
    expect(faults).toEqual([])
    await page.close()
    plain.close()
  })

  it.each(['light', 'dark'])('fits a phone, a tablet and a desk, and can be used by everyone, %s', async (scheme) => {
    const { page } = await opened(addresses.boxes as string, 400, scheme)
    for (const width of [400, 800, 1400]) {
      await page.setViewport({ width, height: 1000 })
      expect([width, await overflow(page)]).toEqual([width, 0])
      await picture(page, `live-${width}-${scheme}`)
    }
    await page.setBypassCSP(true)
    await page.reload()
    await page.waitForSelector('#live-said')
    await settled(page, 0)
    expect(await inaccessible(page)).toEqual([])
    await page.close()
  })

  it('is reached by the keyboard alone, all of it', async () => {
    const { page } = await opened(addresses.boxes as string)
    await focus(page, '#live-stage')
    const reached = new Set<string>()
    for (let i = 0; i < 20; i++) {
      reached.add((await page.evaluate('document.activeElement?.id ?? ""')) as string)
      await page.keyboard.press('Tab')
    }
    const all = ['stage', 'image', 'box', 'left', 'top', 'right', 'bottom', 'threshold', 'threshold-slider', 'channel', 'logit', 'logit-slider'] // biome-ignore format: one row
    expect(all.filter((name) => !reached.has(`live-${name}`))).toEqual([])
    await page.close()
  })

  it('that cannot have its files says so', async () => {
    const served = await serve(join(root, 'boxes'), ['index.html', 'live.js', 'live.css'])
    const page = await browser.newPage()
    await page.goto(served.address)
    await page.waitForSelector('#live [role=alert]')
    expect(await text(page, '#live [role=alert]')).toContain('The page cannot be live: batch.txt: 404')
    await page.close()
    await served.close()
  })
})

/** Which number of the arrays the page changes, from what it says of the cell. */
async function logitOf(page: Page, { config, feeds }: LiveBatch): Promise<NonNullable<Change['logit']>> {
  const said = await text(page, '#live-row')
  const found = /image (\d+), grid (\d+) × (\d+), column (\d+), row (\d+), anchor (\d+) × (\d+)/.exec(said)
  const [image = 0, columns = 0, rows = 0, column = 0, row = 0, w = 0, h = 0] = (found ?? []).slice(1).map(Number)
  const scale = config.anchorMask.findIndex((_, l) => feeds[`y_pred_${l}`]?.shape[2] === columns)
  const anchor = (config.anchorMask[scale] ?? []).findIndex((n) => config.anchors[n]?.join() === `${w},${h}`)
  const cell = (image * rows + row) * columns + column
  const entries = 5 + config.classes
  return { scale, at: (cell * (config.anchorMask[scale]?.length ?? 0) + anchor) * entries + 4, value: 4.5 }
}
