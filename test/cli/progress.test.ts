import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { Command } from 'commander'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { addDiff } from '../../src/cli/commands/diff.js'
import { addEval } from '../../src/cli/commands/eval.js'
import { progressOn } from '../../src/cli/progress.js'
import type { Shell } from '../../src/cli/shell.js'
import { sumBytes } from '../runtime/models.js'
import { scratch, writeSum } from '../verify/cases.js'

/** A stream that keeps what is written, with or without a terminal's gifts. */
function stream(isTTY: boolean, columns = 80): NodeJS.WriteStream & { text: () => string } {
  const written: string[] = []
  const made = Object.assign(new PassThrough(), { isTTY, columns, text: () => written.join('') })
  made.on('data', (chunk: Buffer) => written.push(chunk.toString()))
  return made as unknown as NodeJS.WriteStream & { text: () => string }
}

describe('progress', () => {
  afterEach(() => vi.unstubAllEnvs())
  const clock =
    (...times: number[]) =>
    () =>
      times.shift() ?? 0

  it('is shown on a terminal once a run takes more than a second, and wiped in the end', () => {
    vi.stubEnv('TERM', 'xterm')
    const out = stream(true)
    const progress = progressOn(out, clock(0, 900, 1100))
    progress.step(1, 3, 'cpu')
    expect(out.text()).toBe('')
    progress.step(2, 3, 'cpu')
    expect(out.text()).toBe('\r\u001b[K2/3 cpu, 1.8/s, 1 s left')
    progress.end()
    expect(out.text().endsWith('\r\u001b[K')).toBe(true)
  })

  it.each([
    ['in a pipe', false, 'xterm'],
    ['on a terminal that cannot move the cursor', true, 'dumb'],
  ])('is silent %s', (_, isTTY, term) => {
    vi.stubEnv('TERM', term)
    const out = stream(isTTY)
    const progress = progressOn(out, clock(0, 5000))
    progress.step(1, 2, 'cpu')
    progress.end()
    expect(out.text()).toBe('')
  })

  it('keeps to a narrow terminal', () => {
    vi.stubEnv('TERM', 'xterm')
    const out = stream(true, 20)
    progressOn(out, clock(0, 5000)).step(1, 2, 'a provider of a very long name')
    expect(out.text()).toBe('\r\u001b[K1/2 a provider of a')
  })

  it.each<[string, readonly (readonly [at: number, done: number, total: number, what: string, state?: string])[], string]>([
    ['the first part began when the work did', [[30_000, 1, 4, 'cases']], '1/4 cases, 30 s each, 90 s left'],
    ['work that goes on says its pace from its second part on', [[5000, 41, 60, 'steps']], '41/60 steps'],
    ['its pace is that of here', [[5000, 41, 60, 'steps'], [6000, 45, 60, 'steps']], '45/60 steps, 4/s, 4 s left'],
    ['other work has a pace of its own', [[9000, 1, 1, 'files'], [9500, 10, 90, 'images'], [10_000, 30, 90, 'images']], '30/90 images, 40/s, 2 s left'],
    ['the last part leaves nothing', [[5000, 1, 2, 'cases'], [10_000, 2, 2, 'cases']], '2/2 cases, 0.2/s'],
    ['how it stands comes last', [[5000, 1, 2, 'steps', 'loss 3.1, 2 above its floor']], '1/2 steps, 0.2/s, 5 s left; loss 3.1, 2 above its floor'],
  ])('tells pace and time left: %s', (_, steps, line) => {
    vi.stubEnv('TERM', 'xterm')
    const out = stream(true)
    const progress = progressOn(out, clock(0, ...steps.map(([at]) => at)))
    for (const [, ...told] of steps) progress.step(...told)
    expect(out.text().split('\r\u001b[K').at(-1)).toBe(line)
  }) // biome-ignore format: a table

  it('is written no faster than it can be read', () => {
    vi.stubEnv('TERM', 'xterm')
    const out = stream(true)
    const progress = progressOn(out, clock(0, 2000, 2050, 2099, 2100))
    for (const done of [1, 2, 3, 4]) progress.step(done, 9, 'steps')
    expect(out.text().match(/\d\/9/g)).toEqual(['1/9', '4/9'])
  })
})

describe('long work', () => {
  /** What a command tells of its progress. */
  async function toldBy(add: (program: Command, shell: Shell) => void, ...args: string[]): Promise<string[]> {
    const told: string[] = []
    const shell: Shell = {
      quiet: false,
      strict: false,
      notes: [],
      terminal: undefined,
      note() {},
      tell() {},
      progress: () => ({ step: (...step) => void told.push(step.join(' ')), end: () => void told.push('end') }),
      run: async () => 0,
      finish() {},
    }
    const program = new Command()
    add(program, shell)
    const { write } = process.stdout
    process.stdout.write = () => true
    await program.parseAsync(args, { from: 'user' }).finally(() => {
      process.stdout.write = write
    })
    return told
  }

  it('of eval on several files tells how many it has run, and wipes the line before each result', async () => {
    const root = await scratch()
    writeFileSync(join(root, 'sum.onnx'), sumBytes)
    for (const name of ['a', 'b', 'c']) await writeSum(root, name)
    const cases = ['a', 'b', 'c'].map((name) => join(root, name))
    const told = await toldBy(addEval, 'eval', join(root, 'sum.onnx'), ...cases)
    expect(told).toEqual(['end', '1 3 files', 'end', '2 3 files', 'end', '3 3 files', 'end'])
    expect(await toldBy(addEval, 'eval', join(root, 'sum.onnx'), cases[0] as string)).toEqual(['end', 'end'])
  })

  it('of diff tells which of its graphs it has run', async () => {
    const root = await scratch()
    writeFileSync(join(root, 'sum.onnx'), sumBytes)
    const path = join(root, 'sum.onnx')
    await writeSum(root, 'a')
    expect(await toldBy(addDiff, 'diff', path, path, '--case', join(root, 'a'))).toEqual(['1 2 graphs run', '2 2 graphs run', 'end']) // biome-ignore format: one line
  })
})
