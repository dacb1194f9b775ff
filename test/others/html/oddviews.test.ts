import { build } from 'esbuild'
import type { Page } from 'puppeteer-core'
import { describe, expect, it } from 'vitest'
import type { AnyTensor } from '../../../src/io/index.js'
import { pack, type Scene, type Side, sideOf, type View } from '../../../src/view/index.js'
import { chromium, inaccessible, open, overflow, writePage } from '../../support/browser.js'
import { scratch } from '../../verify/cases.js'
import { fixtureScene } from '../../view/scene/given.js'

const root = await scratch()
const browser = await chromium()
const scene = await fixtureScene('non-square')
const plain = sideOf(scene)
const view = (...sides: Side[]): View => ({ title: 'A batch', made: 'onnx-yolo-loss', sides })

/** The scene with some of its numbers changed. */
const changed = (change: (name: string, data: Float32Array) => void): Scene => ({
  ...scene,
  feeds: Object.fromEntries(
    Object.entries(scene.feeds).map(([name, tensor]) => {
      const data = Float32Array.from(tensor.data as Float32Array)
      change(name, data)
      return [name, { ...tensor, data } as AnyTensor]
    }),
  ),
})

const other = sideOf({ ...changed((name, data) => name === 'y_pred_1' && data.forEach((x, i) => { data[i] = 0.8 * x })), name: 'epoch 20' }) // biome-ignore format: one row
const notNumbers = sideOf(changed((name, data) => name === 'y_pred_0' && data.fill(Number.NaN, 0, 40)))
const { loss: _, sums: _sums, histograms: _histograms, ...rest } = plain
const labelsAlone: Side = { ...rest, worst: [], images: plain.images.map((image) => ({ ...image, boxes: image.boxes.map(({ iou: _iou, predicted: _predicted, ...box }) => box), scales: image.scales.map(({ cells: _cells, ...scale }) => ({ ...scale, shown: [] })) })) } // biome-ignore format: one object
const oneScale: Side = { ...plain, worst: plain.worst.filter(({ scale }) => scale === 0), images: plain.images.map((image) => ({ ...image, scales: image.scales.slice(0, 1), boxes: image.boxes.filter(({ place }) => place?.scale === 0) })) } // biome-ignore format: one object
const graph: Side = {
  ...plain,
  graph: { name: 'bad.onnx', loss: 21 },
  outputs: [
    { name: 'loss', graph: 21, reference: plain.loss ?? 0, differing: 1, of: 1, differs: true },
    { name: 'grad_y_pred_0', graph: 0.5, reference: 0.5, differing: 0, of: 300, differs: false },
  ],
  images: plain.images.map((image, i) => ({ ...image, scales: image.scales.map((scale, s) => (scale.cells && i === 1 && s === 0 ? { ...scale, cells: { ...scale.cells, differs: Uint32Array.of(4, 9) }, shown: scale.shown.map((row) => ({ ...row, graph: { 'grad t_x': 0.25 } })) } : scale)) })), // biome-ignore format: one object
}

const refused: Side = { ...plain, loss: Number.NaN, batch: Number.NaN, images: plain.images.map((image, i) => (i === 0 ? { ...image, refused: true } : image)) } // biome-ignore format: one object

const pages: Readonly<Record<string, View>> = {
  'no number': view(notNumbers),
  'a refused box': view(refused),
  'a box of no size': view(sideOf(await fixtureScene('zero-size'))),
  'labels alone': view(labelsAlone),
  'no box': view(sideOf(await fixtureScene('all-background'))),
  'one scale': view(oneScale),
  'no image': view({ ...plain, images: [], worst: [], findings: [] }),
  'two sides': view({ ...plain, name: 'epoch 10' }, other),
  'two sides that are the same': view({ ...plain, name: 'a.onnx' }, { ...graph, name: 'b.onnx' }),
  'two sides with nothing in common': view(plain, sideOf(await fixtureScene('tiny-345-123'))),
  'a graph that differs': view(graph),
}

const text = (page: Page, selector: string): Promise<string> =>
  page.evaluate(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? ''`) as Promise<string>

describe.each(Object.keys(pages))('a page of %s', (name) => {
  it('opens without fault, fits and can be used by everyone', async () => {
    const file = await writePage(root, name.replaceAll(' ', '-'), pages[name] as View)
    for (const look of [{ width: 400, scheme: 'dark' }, { width: 1400 }] as const) {
      const { page, faults } = await open(browser, file, look)
      expect(await overflow(page)).toBeLessThanOrEqual(0)
      expect(await inaccessible(page)).toEqual([])
      if (process.env.SCREENSHOTS)
        await page.screenshot({ path: `${process.env.SCREENSHOTS}/odd-${name}-${look.width}.png`, fullPage: true })
      expect(faults).toEqual([])
      await page.close()
    }
  })
})

describe('two sides', () => {
  it('are told apart cell by cell, those that differ most first', async () => {
    const { page } = await open(browser, await writePage(root, 'two', pages['two sides'] as View))
    expect(await text(page, '.legend')).toContain('What the second side has more (orange) or less (blue) of the loss')
    const rows = (await page.evaluate(`[...document.querySelectorAll('#viewer ~ .part table')][0].querySelectorAll('tbody tr').length`)) as number // biome-ignore format: one row
    expect(rows).toBe(10)
    const differences = (await page.evaluate(`[...[...document.querySelectorAll('#viewer ~ .part table')][0].querySelectorAll('td:last-child data')].map((d) => Number(d.value))`)) as number[] // biome-ignore format: one row
    const sizes = differences.map(Math.abs)
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
    const sum = (await page.evaluate(`(${sumOfMaps})()`)) as number
    expect(sum).toBeCloseTo(((other.loss ?? 0) - (plain.loss ?? 0)) * plain.batch, 2)
    await page.close()
  })

  it('show the numbers of a row beside each other', async () => {
    const { page } = await open(browser, await writePage(root, 'two', pages['two sides'] as View))
    expect(await page.evaluate(`[...document.querySelectorAll('.terms thead th')].map((th) => th.textContent)`)).toEqual(['', 'epoch 10', 'epoch 20', 'Difference']) // biome-ignore format: one row
    await page.close()
  })
})

/** Adds up the maps of all images and grids as the page shows them. */
const sumOfMaps = `() => {
  let sum = 0
  for (let i = 0; i < document.getElementById('image').options.length; i++) {
    const image = document.getElementById('image')
    image.value = String(i)
    image.dispatchEvent(new Event('change'))
    for (let s = 0; document.getElementById('scale-' + s); s++) {
      document.getElementById('scale-' + s).click()
      sum += Number(document.querySelector('.map-sum data').value)
    }
  }
  return sum
}`

describe('a graph that differs', () => {
  it('is named first, with what differs, where, and its own loss beside that of the reference', async () => {
    const { page } = await open(browser, await writePage(root, 'graph', pages['a graph that differs'] as View))
    expect(await text(page, 'header + .part')).toBe(
      '≠ bad.onnx differs from the reference in loss, beyond tolerance. See the first row that differs',
    )
    expect(await page.evaluate(`document.querySelector('.verdict a').getAttribute('href')`)).toBe('#image=1&scale=0&row=4') // biome-ignore format: one row
    const tiles = (await page.evaluate(`[...document.querySelectorAll('.tile')].map((t) => t.textContent)`)) as string[]
    expect(tiles[0]).toMatch(/^Loss by the reference/)
    expect(tiles[1]).toBe('Loss by bad.onnx21≠ beyond tolerance')
    await page.close()
  })

  it('is compared with another by the losses of both', async () => {
    const before: Side = { ...plain, name: 'a.onnx', graph: { name: 'a.onnx', loss: 20.5 } }
    const file = await writePage(root, 'losses', view(before, { ...graph, name: 'b.onnx' }))
    const { page } = await open(browser, file)
    expect(await page.evaluate(`[...document.querySelectorAll('.tile')].map((t) => t.textContent)`)).toContain('Loss by bad.onnx21≠ beyond tolerance; +0.5 against a.onnx') // biome-ignore format: one row
    await page.close()
  })
})

describe('a refused box', () => {
  it('leaves its image without a loss, and is left out of the sums', async () => {
    const { page } = await open(browser, await writePage(root, 'refused', pages['a refused box'] as View))
    const options = (await page.evaluate(`[...document.querySelectorAll('#image option')].map((o) => o.textContent)`)) as string[] // biome-ignore format: one row
    expect(options[0]).toMatch(/, loss NaN$/)
    expect(options[1]).toMatch(/, loss \d/)
    expect(await text(page, '#page')).toContain('They leave refused boxes out')
    await page.close()
  })
})

describe('two graphs of which one differs', () => {
  it('show that one, where it does', async () => {
    const { page } = await open(browser, await writePage(root, 'same', pages['two sides that are the same'] as View))
    expect(await page.evaluate(`document.getElementById('side-1').checked`)).toBe(true)
    expect(await text(page, '.details')).toContain('flat index 4')
    expect(await page.evaluate(`document.querySelectorAll('.unlike').length`)).toBeGreaterThan(0)
    expect(await text(page, '#viewer ~ .part')).toContain(
      'The reference has the same numbers for both sides in every cell',
    )
    await page.close()
  })
})

describe('a graph that differs', () => {
  it('is shown first where it does', async () => {
    const { page } = await open(browser, await writePage(root, 'graph', pages['a graph that differs'] as View))
    expect(await text(page, '.details')).toContain('flat index 4')
    expect(await text(page, '.details')).toContain('An output of the graph differs here from the reference.')
    expect(await page.evaluate(`document.querySelectorAll('.rows a').length`)).toBe(2)
    await page.close()
  })
})

describe('what is odd', () => {
  it('leads to the row that it is about, and the focus goes there', async () => {
    const side = sideOf(await fixtureScene('zero-size'))
    const { page } = await open(browser, await writePage(root, 'odd', view(side)), {}, '#image=0&scale=0&row=0')
    const links = await page.$$('.findings a')
    expect(links.length).toBe(side.findings.length)
    for (const [i, { place }] of side.findings.entries()) {
      await links[i]?.click()
      expect(await text(page, '.details')).toContain(`flat index ${place?.row}`)
      expect(await page.evaluate('document.activeElement.id')).toBe('stage')
      expect(await page.evaluate('location.hash')).toBe(`#image=0&scale=${place?.scale}&row=${place?.row}`)
    }
    await page.close()
  })

  it('in both sides is listed once, before what is odd in one of them', async () => {
    const side = sideOf(await fixtureScene('zero-size'))
    const words = { text: 'The graphs part at Add.' }
    const [a, b] = [{ ...side, name: 'a.onnx', findings: [words, ...side.findings] }, { ...side, name: 'b.onnx', findings: [words, ...side.findings, { text: 'Alone.' }] }] // biome-ignore format: one line
    const { page } = await open(browser, await writePage(root, 'shared', view(a, b)))
    const told = await page.evaluate(`[...document.querySelectorAll('.findings li, .findings h3')].map((e) => e.textContent)`) as string[] // biome-ignore format: one line
    expect(told).toHaveLength(side.findings.length + 3)
    expect([told[0], ...told.slice(-2)]).toEqual([words.text, 'b.onnx', 'Alone.'])
    await page.close()
  })
})

describe('names from files', () => {
  const markup = '<img src=x onerror="document.body.remove()"><script>document.body.remove()</script>'
  const turning = 'good\u202egpj.exe\u2066\u0000\u001b[31m'
  const long = `${'a very long name without end'.repeat(12)}${'x'.repeat(200)}`

  it('are text and nothing else, and do not turn what stands around them', async () => {
    const hostile = `${markup}${turning}${long}`
    const side: Side = {
      ...graph,
      name: hostile,
      config: { ...plain.config, classes: plain.config.classes.map(() => hostile) },
      findings: [{ text: hostile, image: 0, place: { image: 0, scale: 0, row: 0 } }],
      outputs: (graph.outputs ?? []).map((output) => ({ ...output, name: hostile })),
      images: plain.images.map((image) => ({ ...image, name: hostile, picture: `javascript:${markup}`, boxes: image.boxes.map((box) => ({ ...box, lost: hostile })) })), // biome-ignore format: one row
      ...(plain.sums && { sums: { ...plain.sums, classes: plain.sums.classes.map((group) => ({ ...group, name: hostile })) } }), // biome-ignore format: one row
    }
    const file = await writePage(root, 'hostile', { title: hostile, made: hostile, sides: [side, side] })
    for (const width of [400, 1400]) {
      const { page, faults } = await open(browser, file, { width })
      expect(await page.evaluate('document.querySelectorAll("main img, main script").length')).toBe(0)
      expect(await text(page, 'h1')).toContain('good\\u{202e}gpj.exe\\u{2066}\\u{0}\\u{1b}[31m')
      expect(await page.evaluate('/[\\u202a-\\u202e\\u2066-\\u2069\\u001b]/.test(document.documentElement.innerText + document.title)')).toBe(false) // biome-ignore format: one row
      expect(await overflow(page)).toBeLessThanOrEqual(0)
      expect(faults).toEqual([])
      await page.close()
    }
  })
})

describe('the page', () => {
  it('says so where scripts do not run', async () => {
    const page = await browser.newPage()
    await page.setJavaScriptEnabled(false)
    await page.goto(`file://${await writePage(root, 'plain', view(plain))}`)
    expect(await page.evaluate('document.body.innerText')).toContain('a script unpacks and draws them')
    await page.close()
  })

  it('is printed without its controls, and within the paper', async () => {
    const { page } = await open(browser, await writePage(root, 'plain', view(plain)), { width: 760 })
    await page.emulateMediaType('print')
    expect(await page.evaluate(`getComputedStyle(document.querySelector('.controls')).display`)).toBe('none')
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    const pdf = await page.pdf({ format: 'A4', ...(process.env.SCREENSHOTS && { path: `${process.env.SCREENSHOTS}/print.pdf` }) }) // biome-ignore format: one row
    expect(pdf.length).toBeGreaterThan(20_000)
    await page.close()
  })

  it('shows all of the selected row at 1280 × 900, however much that is', async () => {
    const { page } = await open(browser, await writePage(root, 'plain', view(plain)), { width: 1280, height: 900 })
    const [whole, seen] = (await page.evaluate(`[document.querySelector('.details').scrollHeight, document.querySelector('.details').clientHeight]`)) as [number, number] // biome-ignore format: one row
    expect(whole).toBeGreaterThan(900)
    expect(seen).toBe(whole)
    const heads = (await page.evaluate(`[...document.querySelectorAll('.terms tbody th')].map((e) => e.textContent)`)) as string[] // biome-ignore format: one row
    expect(heads.slice(-2)).toEqual(['All terms, undivided', 'Length of the gradient of the loss'])
    await page.close()
  })

  it('has targets for a thumb on a small screen', async () => {
    const { page } = await open(browser, await writePage(root, 'plain', view(plain)), { width: 400 })
    const small = await page.evaluate(`[...document.querySelectorAll('button, select, .choice, summary, .strength, a')]
      .filter((e) => e.checkVisibility()).filter((e) => e.getBoundingClientRect().height < 44).map((e) => e.outerHTML)`)
    expect(small).toEqual([])
    await page.close()
  })

  it('can show another view in place of the one it shows, and keeps what is selected', async () => {
    const { page, faults } = await open(browser, await writePage(root, 'plain', view(plain)), {}, '#image=1&scale=1&row=7') // biome-ignore format: one row
    const entry = "export { show } from './src/view/client/show.ts'; export { unpack } from './src/view/pack.ts'"
    // What pages do not use of the wings they share with programs is left out, and with it what no browser has.
    const { outputFiles } = await build({ stdin: { contents: entry, resolveDir: '.' }, bundle: true, write: false, format: 'iife', globalName: 'client', packages: 'external', external: ['node:*'] }) // biome-ignore format: one row
    expect(outputFiles[0]?.text).not.toContain('require(')
    await page.addScriptTag({ content: outputFiles[0]?.text ?? '' })
    const views = [await pack(view(plain)), await pack(view({ ...other, images: other.images.slice(0, 2) }))]
    await page.evaluate(`(async () => {
      window.told = 0
      document.addEventListener('yolo-row', () => window.told++)
      window.place = document.createElement('main')
      document.getElementById('page').replaceWith(place)
      window.views = await Promise.all(${JSON.stringify(views)}.map(client.unpack))
      client.show(views[0], place)
    })()`)
    await page.click('#map-conf')
    await page.click('#anchor-1')
    const before = await text(page, '.details h3')
    const loss = await text(page, '.tile')
    const told = await page.evaluate('window.told')
    await page.evaluate('client.show(views[1], place); client.show(views[1], place)')
    expect(await text(page, '.details h3')).toBe(before)
    expect(await text(page, '.tile')).not.toBe(loss)
    expect(await page.evaluate(`[image.value, ...[...document.querySelectorAll('input[type=radio]:checked')].map((i) => i.id)]`)).toEqual(['1', 'map-conf', 'scale-1', 'anchor-1']) // biome-ignore format: one row
    expect(await page.evaluate(`document.querySelectorAll('.stage').length`)).toBe(1)
    expect(await page.evaluate('window.told')).toBe(told)
    expect(faults).toEqual([])
    await page.close()
  })
})

describe('the judge of accessibility', () => {
  it('finds what is put wrong', async () => {
    const { page } = await open(browser, await writePage(root, 'plain', view(plain)))
    await page.evaluate(`document.querySelector('h1').style.color = '#ddd'; document.querySelector('label[for=image]').remove()`) // biome-ignore format: one row
    const found = (await inaccessible(page)).join('\n')
    expect(found).toContain('color-contrast')
    expect(found).toContain('select-name')
    await page.close()
  })
})
