import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { paperOf } from '../../src/cli/paper.js'
import { yoloLoss, yoloLossHere } from '../support/cli.js'
import { scratch } from '../verify/cases.js'
import { lineOf } from '../view/curve/lines.js'

const root = await scratch()
const at = (name: string) => join(root, name)

function write(name: string, steps: number, tail = ''): string {
  const lines = Array.from({ length: steps }, (_, step) => lineOf(step, 2 + 300 * 0.8 ** step, { terms: { xy_0: 1 } }))
  const all = [{ schemaVersion: 1, settings: { seed: 3 } }, ...lines].map((line) => JSON.stringify(line))
  writeFileSync(at(name), `${all.join('\n')}\n${tail}`)
  return at(name)
}

const a = write('a.jsonl', 40)
const b = write('b.jsonl', 30, '{"step":30,"epo')

describe('plot', () => {
  it('draws a log into a file', async () => {
    const { code, stdout, stderr } = await yoloLossHere(['plot', a, '-o', at('a.svg')])
    const svg = readFileSync(at('a.svg'), 'utf8')
    expect([code, stdout, stderr]).toEqual([0, '', `wrote ${at('a.svg')} (${Buffer.byteLength(svg)} bytes)\n`])
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" /)
    expect(svg).toContain('40 steps')
  })

  it('draws two over one another, along epochs, and leaves out a last line that is not finished', async () => {
    const { code, stdout } = await yoloLossHere(['plot', a, b, '--by', 'epoch', '-o', '-'])
    expect(code).toBe(0)
    for (const words of ['along: epochs', '30 steps', 'A loss', 'B loss']) expect(stdout).toContain(words)
  })

  it('shows curves on the terminal where no file is named', async () => {
    const env = { ...process.env, LC_ALL: 'C' }
    const { code, stdout, stderr } = await yoloLoss(['plot', a, b], { env })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^\S*a\.jsonl: loss above its floor \(log axis\)\n/)
    expect(stdout).toMatch(/b\.jsonl:\n {2}30 steps, to epoch 2\.9/)
    expect(stdout).toMatch(/^[\x20-\x7e\n]*$/)
  })

  it('tells programs what is in the logs', async () => {
    const { stdout } = await yoloLossHere(['plot', a, '--json'])
    const summary = {
      first: 302,
      least: expect.any(Number),
      most: 302,
      last: expect.any(Number),
      steps: 40,
      missing: 0,
    }
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      runs: [{ log: a, steps: 40, step: 39, epoch: 3.9, seconds: 20, settings: { seed: 3 }, loss: summary, terms: { xy_0: { last: 1 } } }],
      notes: [],
    }) // biome-ignore format: one row a run
    const both = JSON.parse((await yoloLossHere(['plot', a, b, '--json', '-q', '-o', at('j.svg')])).stdout)
    expect([both.file, both.runs.length, existsSync(at('j.svg'))]).toEqual([at('j.svg'), 2, true])
  })

  it.each([
    ['a broken line in the middle', 'broken.jsonl', [], 3, 'broken.jsonl, line 3: is no JSON'],
    ['a log that is not there', 'none.jsonl', [], 3, 'none.jsonl'],
    ['an output of another kind', 'a.jsonl', ['-o', at('a.png')], 2, 'a drawing is an SVG, name FILE.svg'],
    ['an output that is the log', 'log.svg', ['-o', at('log.svg')], 2, 'would overwrite'],
    ['an axis that there is not', 'a.jsonl', ['--by', 'loss'], 2, 'step, epoch, seconds'],
    ['two results on stdout', 'a.jsonl', ['-o', '-', '--json'], 2, 'prints on stdout'],
    ['a folder that is not there', 'a.jsonl', ['-o', at('no/a.svg')], 2, 'no'],
  ])('refuses %s', async (_, log, more, exit, words) => {
    write('broken.jsonl', 1, '{"step":1\n{"step":2}\n')
    write('log.svg', 2)
    const { code, stdout, stderr } = await yoloLossHere(['plot', at(log), ...more])
    expect([code, `${stdout}${stderr}`]).toEqual([exit, expect.stringContaining(words)])
    expect(existsSync(at('a.png'))).toBe(false)
  }) // biome-ignore format: a table
})

describe('what a stream can show', () => {
  it.each([
    ['a locale of UTF-8', { LANG: 'en_GB.UTF-8' }, true],
    ['that of all over that of some', { LC_ALL: 'C', LANG: 'en_GB.UTF-8' }, false],
    ['an empty one is none', { LC_ALL: '', LC_CTYPE: 'de_DE.utf8' }, true],
    ['no locale', {}, false],
    ['a dumb terminal', { TERM: 'dumb', LANG: 'en_GB.UTF-8' }, false],
    ['the terminal of Windows', { WT_SESSION: 'x' }, true],
  ])('is told by its variables: %s', (_, variables, braille) => {
    expect(paperOf({ columns: 100 }, variables)).toEqual({ columns: 100, braille })
  })

  it('is eighty characters a line where it does not say', () => {
    expect([{}, { columns: 0 }].map((stream) => paperOf(stream, {}).columns)).toEqual([80, 80])
  })
})
