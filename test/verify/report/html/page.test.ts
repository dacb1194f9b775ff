import { describe, expect, it } from 'vitest'
import { toHtml } from '../../../../src/verify/report/html/page.js'
import { commandInWords, type Setting } from '../../../../src/verify/report/html/setting.js'
import { settingHere } from '../../../../src/verify/run/setting.js'
import { failing, incomplete, layers, nodes, passing, planted } from '../reports.js'

const setting: Setting = {
  date: new Date('2026-03-04T05:06:07.089Z'),
  ...{ os: 'Linux 6.1', arch: 'x64', cpu: 'A <fast> processor' },
  versions: { 'yolo-loss': '0.1.0', node: '20.19.0' },
  command: ['yolo-loss', 'verify', '/home/someone/models/graph.onnx', '--html', '/tmp/report.html'],
}
const reports = [passing, incomplete, failing]
const page = toHtml(reports, { drawn: [{ case: 'wrong', nodes, report: layers }], cause: planted, setting })

const idsOf = (html: string) => [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)

describe('the page', () => {
  it('says in its head what was run, when, on what and how', () => {
    const head = /<header>(.*?)<\/header>/s.exec(page)?.[1]
    expect(head).toContain('<dt>model</dt><dd>graph.onnx</dd>')
    expect(head).toContain(`<dt>SHA-256</dt><dd><code>${'ab'.repeat(32)}</code></dd>`)
    expect(head).toContain('<time datetime="2026-03-04T05:06:07Z">2026-03-04 05:06:07 UTC</time>')
    expect(head).toContain('<dd>yolo-loss 0.1.0, node 20.19.0, onnxruntime-node 1.30.0</dd>')
    expect(head).toContain('<dd>Linux 6.1, x64, A &lt;fast&gt; processor</dd>')
    expect(head).toContain('<code>yolo-loss verify graph.onnx --html report.html</code>')
  })

  it('names no folder of the machine', () => {
    const problem = { code: 'E_FILE', message: '/home/someone/models/graph.onnx: the file is empty', exitCode: 3 }
    const rows = failing.rows.map((row) => ({ ...row, problem }))
    const html = toHtml([{ ...failing, rows }], { drawn: [], setting })
    expect(html).toContain('graph.onnx: the file is empty')
    expect(html + page).not.toMatch(/someone|\/tmp/)
  })

  it('has failures first, in the overview and in the details', () => {
    const links = [...page.matchAll(/<a href="#(case-\d+)">(\w+)<\/a>/g)].map(([, id, name]) => [id, name])
    expect(links.map(([, name]) => name)).toEqual(['wrong', 'partly', 'right'])
    const summaries = [...page.matchAll(/<summary>(\w+) on cpu/g)].map(([, name]) => name)
    expect(summaries).toEqual(['wrong', 'partly', 'right'])
    for (const [id, name] of links) expect(page).toMatch(new RegExp(`<summary>${name} on cpu[^\\n]*?<div id="${id}">`))
  })

  it('says right below its head where the failure comes from', () => {
    const cause = page.indexOf('<h2>Where wrong on cpu goes wrong</h2>')
    expect(cause).toBeGreaterThan(page.indexOf('</header>'))
    expect(cause).toBeLessThan(page.indexOf('<h2>Cases</h2>'))
    expect(page).toContain('<strong>first wrong node: xy/Sub (Sub), node 3 in topological order</strong>')
    expect(page).toContain('<li>with our values there every output agrees</li>')
    expect(toHtml(reports, { drawn: [], setting })).not.toContain('class="cause"')
  })

  it('draws the graph that failed, and marks the node', () => {
    expect(page).toContain('<h2>The graph on wrong: our own graph against graph.onnx</h2>')
    expect(page).toContain('DIFFERS FIRST')
    expect(page).toMatch(/<td>xy\/Sub <strong class="FAIL">differs first<\/strong><\/td>/)
  })

  it('has every reference once, though cases and graphs share names', () => {
    const drawn = { case: 'wrong', nodes, report: layers }
    const twice = toHtml([failing, failing], { drawn: [drawn, drawn], setting })
    expect(new Set(idsOf(twice)).size).toBe(idsOf(twice).length)
    const links = [...twice.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id)
    expect(links.filter((id) => !idsOf(twice).includes(id))).toEqual([])
  })

  it('runs nothing and loads nothing', () => {
    expect(/<script|src=|@import|url\(|https?:/.exec(page)).toBeNull()
    expect(page).toContain('prefers-color-scheme: dark')
  })

  it('counts models where there are many', () => {
    const many = Array.from({ length: 5 }, (_, i) => ({
      ...passing,
      header: { ...(passing.header as NonNullable<typeof passing.header>), sha256: String(i).repeat(64) },
    }))
    expect(toHtml(many, { drawn: [], setting })).toContain('<dd>5, named below, each with its SHA-256</dd>')
  })
})

describe('a command line', () => {
  it.each([
    [['a', '/x/y/loss.onnx'], 'a loss.onnx'],
    [['a', '../up/fixtures/'], 'a fixtures'],
    [['a', 'C:\\Users\\someone\\loss.onnx'], 'a loss.onnx'],
    [['a', '--html=/x/report.html', '--seed', '3'], 'a --html=report.html --seed 3'],
    [['a', '--outputs', 'model/loss:0=loss'], 'a --outputs model/loss:0=loss'],
    [['a', "/x/it's mine.onnx"], "a 'it'\\''s mine.onnx'"],
  ])('%j is told as %s', (words, told) => {
    expect(commandInWords(words)).toBe(told)
  })
})

describe('this machine', () => {
  it('is told without its name or its user', () => {
    const here = settingHere(['yolo-loss'], new Date(0))
    expect(here.date.toISOString()).toBe('1970-01-01T00:00:00.000Z')
    expect(Object.keys(here.versions)).toEqual(['yolo-loss', 'node'])
    for (const part of [here.os, here.arch, here.cpu]) expect(part).toMatch(/\w/)
  })
})
