import { describe, expect, it } from 'vitest'
import { float32, halfBits, type Tensor } from '../../../src/io/index.js'
import type { TestCase } from '../../../src/verify/cases/testcase.js'
import { type CheckOptions, checkResults } from '../../../src/verify/conform/check.js'
import { answered, questionOf } from '../../../src/verify/conform/question.js'
import { readFixture } from '../../support/cases.js'

const fixture = await readFixture('non-square')

type Change = (arrays: Map<string, Tensor>) => void

/** What the case expects, changed, held to the case. */
function checked(change: Change = () => {}, options: CheckOptions = {}, test: TestCase = fixture) {
  const outputs = fixture.dataSets[0]?.outputs ?? []
  const results = new Map(outputs.map(({ name, tensor }) => [name, tensor as Tensor]))
  change(results)
  return checkResults(questionOf(test, 0), results, options)
}

const at = (arrays: Map<string, Tensor>, name: string): Tensor => arrays.get(name) as Tensor

/** The array with one element off. */
const off =
  (name: string, place: number, by: number): Change =>
  (arrays) => {
    const { shape, data } = at(arrays, name)
    arrays.set(name, float32(shape, (data as Float32Array).with(place, Number(data[place]) + by)))
  }

/** The array with its elements in another type. */
const stored =
  (name: string, dtype: 'float64' | 'float16' | 'int32' | 'bool'): Change =>
  (arrays) => {
    const { shape, data } = at(arrays, name)
    const numbers = Array.from(data, Number)
    const as = {
      float64: () => Float64Array.from(numbers),
      float16: () => Uint16Array.from(numbers, halfBits),
      int32: () => Int32Array.from(numbers),
      bool: () => Uint8Array.from(numbers),
    }
    arrays.set(name, { dtype, shape, data: as[dtype]() } as Tensor)
  }

const rowsOf = (change: Change, options?: CheckOptions, test?: TestCase) =>
  new Map(checked(change, options, test).rows.map((row) => [row.output, row]))

describe('results of another implementation', () => {
  it('pass when they are what the case expects, every array of it', () => {
    const { rows, exitCode, left, near } = checked()
    expect(rows.map(({ verdict }) => verdict)).toEqual(Array(25).fill('PASS'))
    expect([exitCode, left, near]).toEqual([0, [], []])
  })

  it('fail by one element, which is named with its place and bound', () => {
    const row = rowsOf(off('grad_y_pred_1', 400, 0.01)).get('grad_y_pred_1')
    expect(row).toMatchObject({
      verdict: 'FAIL',
      comparison: { mismatches: 1, first: [{ allowed: expect.any(Number) }] },
    })
    expect(row?.first?.where).toMatch(/^scale 1, image \d, row \d, column \d, anchor \d, /)
    expect(row?.comparison?.first[0]?.allowed).toBeLessThan(1e-6)
  })

  it('are held to what each element may be off, where the tolerance of the case is that of the worst', () => {
    const held = fixture.tolerances.outputs.get('grad_y_pred_1')?.atol ?? 0
    const bounds = rowsOf(() => {}).get('grad_y_pred_1')?.tolerance
    expect(held).toBeGreaterThan(0)
    expect(bounds).toMatchObject({ atol: 0, source: 'float64 reference' })
  })

  it('fail by a cell of a mask, by a count, and by a number that is none', () => {
    for (const change of [off('ignore_mask_2', 7, -1), off('positives_0', 0, 1), off('loss', 0, Number.NaN)])
      expect(checked(change)).toMatchObject({ exitCode: 1 })
  })

  it('fail where an array is missing, and are told what it is to be', () => {
    const { rows, exitCode } = checked((arrays) => arrays.delete('ignore_mask_1'))
    expect(rows.filter(({ verdict }) => verdict !== 'PASS')).toEqual([
      { output: 'ignore_mask_1', verdict: 'MISSING', wanted: { dtype: 'float32', shape: at(new Map(fixture.dataSets[0]?.outputs.map(({ name, tensor }) => [name, tensor as Tensor])), 'ignore_mask_1').shape } },
    ]) // biome-ignore format: one row
    expect(exitCode).toBe(1)
  })

  it('fail where there are none', () => {
    const { rows, exitCode } = checked((arrays) => arrays.clear())
    expect(new Set(rows.map(({ verdict }) => verdict))).toEqual(new Set(['MISSING']))
    expect(exitCode).toBe(1)
  })

  it('are incomplete where nobody knows an array, unless that is allowed', () => {
    const more: Change = (arrays) => void arrays.set('grad', float32([1], [0]))
    expect(rowsOf(more).get('grad')).toMatchObject({ verdict: 'UNKNOWN' })
    expect([checked(more).exitCode, checked(more, { allowUncompared: true }).exitCode]).toEqual([6, 0])
  })

  it('fail where nobody knows any of their arrays, even if that is allowed', () => {
    const more: Change = (arrays) => void arrays.set('own', float32([1], [0]))
    const { rows, exitCode } = checked(more, { arrays: ['own'], allowUncompared: true })
    expect([rows.map(({ verdict }) => verdict), exitCode]).toEqual([['UNKNOWN'], 1])
  })

  it('are told what an array was probably meant to be', () => {
    const renamed: Change = (arrays) => {
      arrays.set('grad_ypred_1', at(arrays, 'grad_y_pred_1'))
      arrays.delete('grad_y_pred_1')
    }
    expect(rowsOf(renamed).get('grad_ypred_1')).toMatchObject({ remedy: 'did you mean "grad_y_pred_1"?' })
    const input: Change = (arrays) => void arrays.set('y_pred_0', float32([1], [0]))
    expect(rowsOf(input).get('y_pred_0')).toMatchObject({ verdict: 'UNKNOWN', remedy: 'it is an input of the case' })
  })

  it('are held to the reference where the case has nothing but it knows them', () => {
    const floor: Change = (arrays) => void arrays.set('entropy_floor', float32([], [1]))
    expect(rowsOf(floor).get('entropy_floor')).toMatchObject({ verdict: 'FAIL' })
  })

  it('of which only some are asked for leave the others out, by name', () => {
    const { rows, left, exitCode } = checked((arrays) => arrays.delete('xy_0'), { arrays: ['loss', 'grad_*_1'] })
    expect(rows.map(({ output, verdict }) => [output, verdict])).toEqual([
      ['loss', 'PASS'],
      ['grad_y_pred_1', 'PASS'],
    ])
    expect([left.length, left.includes('xy_0'), exitCode]).toEqual([23, true, 0])
  })

  it('have the tolerance that is asked for', () => {
    const change = off('loss', 0, 0.01)
    expect(rowsOf(change).get('loss')?.verdict).toBe('FAIL')
    expect(rowsOf(change, { asked: { atol: [{ output: 'loss', value: 0.1 }] } }).get('loss')?.verdict).toBe('PASS')
  })
})

describe('element types', () => {
  it.each([
    ['loss', 'float64'],
    ['grad_y_pred_0', 'float64'],
    ['ignore_mask_1', 'bool'],
    ['positives_2', 'int32'],
    ['ignore_0', 'float64'],
  ] as const)('%s may be %s', (name, dtype) => {
    expect(rowsOf(stored(name, dtype)).get(name)).toMatchObject({
      verdict: 'PASS',
      given: { dtype },
      wanted: { dtype: 'float32' },
    })
  })

  it('float64 is not rounded before it is compared', () => {
    const change: Change = (arrays) => {
      stored('loss', 'float64')(arrays)
      const { shape, data } = at(arrays, 'loss')
      arrays.set('loss', { dtype: 'float64', shape, data: Float64Array.of(Number(data[0]) * (1 + 1e-4)) })
    }
    expect(rowsOf(change).get('loss')?.verdict).toBe('FAIL')
  })

  it('float16 gets no wider tolerance for being coarse', () => {
    expect(rowsOf(stored('grad_y_pred_0', 'float16')).get('grad_y_pred_0')?.verdict).toBe('FAIL')
    const floor: Change = (arrays) => {
      arrays.set('entropy_floor', float32([], [11.4]))
      stored('entropy_floor', 'float16')(arrays)
    }
    expect(rowsOf(floor).get('entropy_floor')?.verdict).toBe('FAIL')
  })

  it('a number may be of any rank', () => {
    const change: Change = (arrays) => void arrays.set('loss', { ...at(arrays, 'loss'), shape: [1, 1] })
    expect(rowsOf(change).get('loss')?.verdict).toBe('PASS')
  })
})

describe('cases', () => {
  const without = (change: Partial<TestCase>): TestCase => ({ ...fixture, ...change })
  const inputs = fixture.dataSets[0]?.inputs ?? []

  it('that hold no outputs ask for those of a graph of their configuration', () => {
    const bare = without({ dataSets: [{ name: 'test_data_set_0', inputs, outputs: [] }] })
    const { rows } = checked((arrays) => arrays.delete('loss'), {}, bare)
    expect(rows[0]).toMatchObject({ output: 'loss', verdict: 'MISSING', wanted: { dtype: 'float32', shape: [] } })
    expect(rows.slice(1).every(({ verdict }) => verdict === 'PASS')).toBe(true)
  })

  it('that say nothing of a configuration have what they hold, and no more', () => {
    const plain = without({ info: {} })
    expect(rowsOf(() => {}, {}, plain).get('loss')).toMatchObject({ verdict: 'PASS', tolerance: { source: 'non-square/data.json, loss' } })
    const floor: Change = (arrays) => void arrays.set('entropy_floor', float32([], [1]))
    expect(rowsOf(floor, {}, plain).get('entropy_floor')?.verdict).toBe('UNKNOWN')
  }) // biome-ignore format: one row

  it('whose values the reference would not give fail what agrees with the reference alone', () => {
    const outputs = (fixture.dataSets[0]?.outputs ?? []).map(({ name, tensor }) =>
      name === 'loss' ? { name, tensor: float32([], [1]) } : { name, tensor },
    )
    const wrong = without({ dataSets: [{ name: 'test_data_set_0', inputs, outputs }] })
    expect(rowsOf(() => {}, {}, wrong).get('loss')).toMatchObject({ verdict: 'FAIL', tolerance: { source: 'non-square/data.json, loss' } }) // biome-ignore format: one row
  })

  it('have cells in their margin that are not compared, and counted as such', () => {
    const place = 5
    const margin = without({ info: { ...fixture.info, margin: { ignore_mask_2: [place] } } })
    const was = fixture.dataSets[0]?.outputs.find(({ name }) => name === 'ignore_mask_2')?.tensor.data[place]
    const turned = off('ignore_mask_2', place, was === 1 ? -1 : 1)
    const row = rowsOf(turned, {}, margin).get('ignore_mask_2')
    expect(row).toMatchObject({ verdict: 'PASS', comparison: { exempt: 1 } })
    expect(rowsOf(turned).get('ignore_mask_2')?.verdict).toBe('FAIL')
  })

  it('that expect nothing at all are refused, and data sets that they do not have', () => {
    const nothing = without({ info: {}, dataSets: [{ name: 'test_data_set_0', inputs, outputs: [] }] })
    expect(() => questionOf(nothing, 0)).toThrow('it expects nothing')
    expect(() => questionOf(fixture, 3)).toThrow('there is no test_data_set_3')
  })

  it('at the threshold keep equality ignored, and the excuse of rounding does not reach it', async () => {
    const tie = await readFixture('iou-at-threshold')
    const question = questionOf(tie, 0)
    const scales = question.answers?.result.scales ?? []
    const l = scales.findIndex(({ bestIou }) => bestIou.includes(0.5))
    const results = new Map((tie.dataSets[0]?.outputs ?? []).map(({ name, tensor }) => [name, tensor as Tensor]))
    const { shape, data } = at(results, `ignore_mask_${l}`)
    const place = scales[l]?.bestIou.indexOf(0.5) ?? -1
    expect(data[place]).toBe(0)
    results.set(`ignore_mask_${l}`, float32(shape, (data as Float32Array).with(place, 1)))
    const { rows, near } = checkResults(question, results)
    expect([near, rows.filter(({ verdict }) => verdict !== 'PASS').map(({ output }) => output)]).toEqual([[], [`ignore_mask_${l}`]]) // biome-ignore format: one row
  })

  it('excuse a cell that rounding alone puts on the other side, unless that is strict', () => {
    const bestIou = questionOf(fixture, 0).answers?.result.scales[2]?.bestIou ?? new Float64Array()
    const place = bestIou.findIndex((iou) => iou > 0.3 && iou < 0.9)
    const config = { ...(fixture.info.config as object), ignoreThreshold: bestIou[place] }
    const question = questionOf(without({ info: { config: { ...config, components: true, masks: true } }, dataSets: [{ name: 'test_data_set_0', inputs, outputs: [] }] }), 0) // biome-ignore format: one row
    const masks = question.answers?.result.scales.map(({ ignoreMask }) => ignoreMask.slice()) ?? []
    masks[2]?.fill(1 - Number(masks[2][place]), place, place + 1)
    const turned = { ...question, answers: question.answers?.withMasks(masks) }
    const results = new Map(
      [...question.wanted.keys()].map((name) => [name, answered(name, 'float32', turned) as Tensor]),
    )
    const { rows, near, exitCode } = checkResults(question, results)
    expect([exitCode, near.length, near[0]?.flipped]).toEqual([0, 1, true])
    expect(rows.find(({ output }) => output === 'ignore_mask_2')?.explained).toContain('cells at the threshold')
    expect(checkResults(question, results, { strictThreshold: true }).exitCode).toBe(1)
  })
})
