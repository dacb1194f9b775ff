import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { fixtures, graphBytes } from '../../support/cases.js'
import { yoloLoss } from '../../support/cli.js'
import { plant } from '../../support/faults.js'
import { scratch } from '../../verify/cases.js'

const root = await scratch()
const page = join(root, 'report.html')
// A tolerance of 0 makes one output fail by its rounding.
const flags = ['--rtol', 'loss:0', '--html', page]
const run = await yoloLoss(['verify', join(fixtures, 'non-square'), ...flags])

/** A graph with a fault, whose page says where. */
const faulty = join(root, 'faulty.onnx')
const right = graphBytes({ preset: 'yolov3-tiny-voc', components: true })
await writeFile(faulty, plant(right, 'objects/entropies/bce/log1p/Add', 'a changed constant') as Uint8Array)
await yoloLoss(['verify', faulty, '--html', join(root, 'cause.html')])

const chromium = (...args: string[]) =>
  promisify(execFile)(
    'chromium',
    ['--headless', '--no-sandbox', '--disable-gpu', '--allow-file-access-from-files', ...args],
    {
      maxBuffer: 1 << 26,
    },
  )

/** Asks the page, shown in a frame of some width, what a script can find out that the page itself does not have. */
const probe = (
  file: string,
  width: number,
) => `<!doctype html><iframe id="f" src="${file}" width="${width}" height="900"></iframe><pre id="out"></pre>
<script>f.onload = () => {
  const d = f.contentDocument, w = f.contentWindow
  const reach = [...d.querySelectorAll('a[href], summary, [tabindex]')]
  const unreachable = reach.filter((e) => { for (let p = e.parentElement; p; p = p.parentElement) if (p.tagName === 'DETAILS') p.open = true
    e.focus(); return d.activeElement !== e }).map((e) => e.outerHTML.slice(0, 80))
  for (const e of d.querySelectorAll('details')) e.open = false
  const links = [...d.querySelectorAll('a')].map((a) => a.getAttribute('href'))
  const dangling = links.filter((h) => h.startsWith('#') && !d.getElementById(h.slice(1)))
  const beside = links.filter((h) => !h.startsWith('#'))
  w.location.hash = links[0]
  setTimeout(() => { out.textContent = JSON.stringify({ overflow: d.documentElement.scrollWidth - ${width}, reach: reach.length, unreachable, dangling, beside,
    opened: d.getElementById(links[0].slice(1)).closest('details').open,
    loads: w.performance.getEntriesByType('resource').length, scripts: d.scripts.length, title: d.title,
    cause: d.querySelector('.cause')?.textContent, causeFits: (d.querySelector('.cause')?.getBoundingClientRect().right ?? 0) <= ${width},
    short: [...d.querySelectorAll('summary')].filter((s) => s.getBoundingClientRect().height < 44).length }) }, 200)
}</script>`

async function ask(file: string, width: number) {
  await writeFile(join(root, 'probe.html'), probe(file, width))
  const { stdout } = await chromium('--virtual-time-budget=8000', '--dump-dom', `file://${join(root, 'probe.html')}`)
  const text = /<pre id="out">(.*?)<\/pre>/s.exec(stdout)?.[1] ?? '{}'
  return JSON.parse(text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'))
}

describe.each([
  ['a phone', 360],
  ['a desk', 1100],
])('the report on %s', (name, width) => {
  it('fits, loads nothing, runs nothing, and all of it can be reached by keyboard', async () => {
    const found = await ask('report.html', width)
    expect(found).toMatchObject({ unreachable: [], dangling: [], opened: true, loads: 0, scripts: 0, short: 0 })
    expect(found.overflow).toBeLessThanOrEqual(0)
    expect(found.reach).toBeGreaterThan(60)
    expect(found.title).toBe('FAIL: 24 passed, 1 failed')
    expect(found.beside).toEqual(['report/1.html'])
    expect(existsSync(join(root, 'report/1.html'))).toBe(true)
  })

  it('says where a graph goes wrong, within the width', async () => {
    const found = await ask('cause.html', width)
    expect(found).toMatchObject({ unreachable: [], dangling: [], loads: 0, scripts: 0, short: 0, causeFits: true })
    expect(found.overflow).toBeLessThanOrEqual(0)
    expect(found.cause).toContain('read first by objects/entropies/bce/log1p/Add (Add)')
  })

  it('is painted', async () => {
    const picture = join(root, `${width}.png`)
    await chromium('--hide-scrollbars', `--window-size=${width},2400`, `--screenshot=${picture}`, `file://${page}`)
    expect((await readFile(picture)).length).toBeGreaterThan(20_000)
    if (process.env.SCREENSHOTS) await copyFile(picture, join(process.env.SCREENSHOTS, `${name.replace(' ', '-')}.png`))
  })
})

describe('the page', () => {
  it('was written though a case failed, and names no address of the network', async () => {
    expect(run.code).toBe(1)
    const html = await readFile(page, 'utf8')
    expect(/<script|src=|@import|url\(|https?:/.exec(html)).toBeNull()
    expect(html.includes('ignore/decode/layer1')).toBe(true)
  })
})
