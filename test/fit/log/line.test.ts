import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { logText, logVersion, settingsIn, told, whyNoLine } from '../../../src/fit/log/line.js'

const schema = JSON.parse(readFileSync(new URL('../../../src/fit/log/log.schema.json', import.meta.url), 'utf8'))
const valid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema)

const step = { step: 0, epoch: 0.5, loss: 3.5, floor: 1, rate: 0.01, seconds: 0.25, terms: { xy_0: 2, conf_0: 'NaN' } }

const infinity = Number.POSITIVE_INFINITY

/** Values of each entry, good and wrong. */
const values: Readonly<Record<string, readonly unknown[]>> = {
  schemaVersion: [undefined, 1, 2, '1', null],
  step: [0, 7, -1, 0.5, '1', 2 ** 53, undefined],
  epoch: [0, 1.5, -0.5, 'NaN', infinity, undefined],
  loss: [0, -1, 'NaN', 'Infinity', '-Infinity', 'nan', '3', infinity, null, undefined],
  floor: [0, 'NaN', [], undefined],
  rate: [0, 1e-9, -1, 'NaN', undefined],
  seconds: [0, 3600, -1, '1', undefined],
  terms: [{}, { a: 1 }, { a: '1' }, { a: null }, [], null, undefined],
  validation: [{ loss: 1, images: 8 }, { loss: 'NaN', images: 0 }, { loss: 1 }, { images: 1, loss: '1' }, [], null, undefined],
  note: ['of others', undefined],
} // biome-ignore format: a table

describe('a line of a log', () => {
  it.each(Object.entries(values))('is taken where the published schema takes it: %s', (key, all) => {
    for (const value of all) {
      const line = { ...step, [key]: value }
      expect([value, whyNoLine(line) === undefined]).toEqual([value, valid(line)])
    }
  })

  it('says which entry is odd, and what it should be', () => {
    expect(whyNoLine({ ...step, loss: 'x' })).toBe('its "loss" is not a number')
    expect(whyNoLine({ step: 0, rate: 0.1, loss: 1, floor: 1, xy_0: 3 })).toBe(
      'its "epoch" is not a number of 0 or more',
    )
    expect([whyNoLine([]), whyNoLine(null), whyNoLine(3)]).toEqual(Array(3).fill('is no object'))
  })

  it.each([
    [{ settings: { seed: 1, fit: 'letterbox' } }, true],
    [{ schemaVersion: 1, settings: {} }, true],
    [{ schemaVersion: 2, settings: {} }, false],
    [{ settings: { seed: [1] } }, false],
    [{ settings: 3 }, false],
    [{ settings: null }, false],
  ])('tells settings where the schema says so: %j', (line, is) => {
    expect([settingsIn(line) !== undefined, valid(line)]).toEqual([is, is])
  })

  it('is what is written', () => {
    const text = logText({ seed: 1 }, [{ ...step, loss: told(Number.NaN), terms: { a: told(2) } }])
    const lines = text.trimEnd().split('\n').map((line) => JSON.parse(line)) // biome-ignore format: one line
    expect(lines.map((line) => [valid(line), valid.errors])).toEqual([[true, null], [true, null]]) // biome-ignore format: one line
    expect(lines[0]).toEqual({ schemaVersion: logVersion, settings: { seed: 1 } })
    expect(schema.$defs.version.const).toBe(logVersion)
  })
})
