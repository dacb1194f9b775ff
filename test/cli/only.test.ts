import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isAsked } from '../../src/verify/run/only.js'
import { pair } from '../runtime/models.js'
import { graphBytes } from '../support/cases.js'
import { yoloLossHere as yoloLoss } from '../support/cli.js'
import { scratch, writeSum } from '../verify/cases.js'

const root = await scratch()
const cases = join(root, 'cases')
const wrong = [{ name: 'y', tensor: pair(11, 23) }]
await writeSum(cases, 'a-good')
await writeSum(cases, 'b-bad', { outputs: wrong })
await writeSum(cases, 'c-bad', { outputs: wrong })
await writeSum(cases, 'd-good')
const loss = join(root, 'loss.onnx')
await writeFile(loss, graphBytes({ preset: 'yolov3-tiny-voc', classes: 2 }))

/** Names of the cases that were run. */
const run = async (...args: string[]) => {
  const { code, stdout } = await yoloLoss(['verify', ...args, '--json'])
  const { cases: reports, ...report } = JSON.parse(stdout)
  return { code, report, names: reports.map((one: { case: string }) => one.case) as string[] }
}

describe('verify -k PATTERN', () => {
  it.each<[string, boolean]>([
    ['good', true],
    ['GOOD', true],
    ['a*d', true],
    ['*', true],
    ['', true],
    ['d*a', false],
    ['a.good', false],
  ])('"%s" is in "a-good": %s', (pattern, is) => {
    expect(isAsked('a-good', [pattern])).toBe(is)
  })

  it('runs the cases whose name has it', async () => {
    expect(await run(cases, '-k', 'good')).toMatchObject({ code: 0, names: ['a-good', 'd-good'] })
    expect(await run(cases, '-k', 'b-', '--only', 'd-')).toMatchObject({ code: 1, names: ['b-bad', 'd-good'] })
  })

  it('chooses among the cases that are made for a graph', async () => {
    const { code, names } = await run(loss, '-k', 'boxes')
    expect([code, names.length > 0, names.every((name) => name.includes('boxes'))]).toEqual([0, true, true])
  })

  it('that no case has is refused, with the names that there are', async () => {
    const none = await yoloLoss(['verify', cases, '-k', 'ugly'])
    expect(none).toMatchObject({ code: 2, stdout: '' })
    expect(none.stderr).toContain(
      '-k "ugly": no case has this in its name\n  hint: there are "a-good", "b-bad", "c-bad"',
    )
  })
})

describe('verify --fail-fast', () => {
  it('stops at the first case that fails, and tells how many are not run', async () => {
    const fast = await run(cases, '--fail-fast')
    expect(fast).toMatchObject({ code: 1, names: ['a-good', 'b-bad'], report: { failed: 1, notRun: 2 } })
    const words = await yoloLoss(['verify', cases, '--fail-fast'])
    expect(words.stdout).toMatch(/\n1 passed, 1 failed, 2 not run\n$/)
  })

  it('runs all where none fails', async () => {
    const fast = await run(cases, '--fail-fast', '-k', 'good')
    expect([fast.code, fast.names.length, 'notRun' in fast.report]).toEqual([0, 2, false])
  })

  it('stops at the first of the cases made for a graph', async () => {
    const fast = await run(loss, '--fail-fast', '--rtol', '0', '--atol', '0', '-k', 'generated')
    expect([fast.code, fast.report.failed > 0, fast.report.notRun > 0]).toEqual([1, true, true])
  })
})

describe('verify -q', () => {
  it('shows what failed and the last line', async () => {
    const failing = await yoloLoss(['verify', cases, '-q', '-k', 'a-', '-k', 'b-'])
    expect(failing.stdout).toMatch(/^FAIL b-bad, y on cpu\n(?: {2}.*\n)+\n1 passed, 1 failed\n$/)
    expect(await yoloLoss(['verify', cases, '-q', '-k', 'good'])).toEqual({
      code: 0,
      stdout: '2 passed, 0 failed\n',
      stderr: '',
    })
  })
})
