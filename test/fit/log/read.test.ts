import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LogLine } from '../../../src/fit/log/line.js'
import { readLog } from '../../../src/fit/log/read.js'
import { scratch } from '../../verify/cases.js'

const file = join(await scratch(), 'a.jsonl')
const line = (step: number, more: object = {}) =>
  JSON.stringify({ step, epoch: step / 4, loss: 3, floor: 1, rate: 0.1, seconds: 0.5, terms: {}, ...more })

async function read(text: string) {
  writeFileSync(file, text)
  const steps: number[] = []
  const settings = await readLog(file, (one: LogLine) => steps.push(one.step))
  return { settings, steps }
}

describe('a log', () => {
  it('is read step by step, with its settings or without', async () => {
    const head = '{"schemaVersion":1,"settings":{"seed":3}}'
    expect(await read(`${head}\n${line(0)}\n${line(1)}\n`)).toEqual({ settings: { seed: 3 }, steps: [0, 1] })
    expect(await read(`${line(5)}\r\n${line(9)}\r\n\n`)).toEqual({ settings: undefined, steps: [5, 9] })
  })

  it.each([
    ['in the middle of an entry', line(2).slice(0, 20)],
    ['in the middle of its first bytes', '{'],
    ['before its closing brace', line(2).slice(0, -1)],
  ])('may end in an unfinished line: %s', async (_, rest) => {
    expect((await read(`${line(0)}\n${line(1)}\n${rest}`)).steps).toEqual([0, 1])
  })

  it('has its last line where that lacks nothing but the line break', async () => {
    expect((await read(`${line(0)}\n${line(1)}`)).steps).toEqual([0, 1])
  })

  it.each([
    ['a broken line in the middle', `${line(0)}\n${line(1).slice(0, 30)}\n${line(2)}\n`, /line 2: is no JSON/],
    ['a broken last line that was finished', `${line(0)}\n{"step"\n`, /line 2: is no JSON/],
    ['an empty line in the middle', `${line(0)}\n\n${line(2)}\n`, /line 2: is no JSON/],
    ['an entry of another kind', `${line(0)}\n${line(1, { loss: '3' })}\n`, /line 2: is no step of a training: its "loss" is not a number/],
    ['steps that go back', `${line(0)}\n${line(4)}\n${line(4)}\n`, /line 3: tells of step 4 after step 4/],
    ['settings in the middle', `${line(0)}\n{"settings":{}}\n${line(1)}\n`, /line 2: is no step/],
    ['another version', `{"schemaVersion":2,"settings":{}}\n${line(1)}\n`, /line 1: is no step of a training: its "schemaVersion" is not 1/],
    ['no step', '{"settings":{}}\n', /tells of no step/],
    ['nothing', '', /tells of no step/],
    ['no log', 'step,loss\n0,3\n', /line 1: is no JSON/],
  ])('is refused for %s', async (_, text, words) => {
    await expect(read(text)).rejects.toThrow(words)
  }) // biome-ignore format: a table
})
