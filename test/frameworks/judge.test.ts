import { describe, expect, it } from 'vitest'
import type { Tensor } from '../../src/io/index.js'
import { type Expected, judge } from './judge.js'

const float = (...data: number[]): Tensor => ({ dtype: 'float32', shape: [data.length], data: Float32Array.from(data) })
const near = (...data: number[]): Expected => ({ tensor: float(...data), rtol: 1e-5, atol: 0 })

const expected = new Map<string, Expected>([
  ['loss', near(100)],
  ['xy_0', near(40)],
  ['ignore_0', { tensor: float(7), rtol: 0, atol: 0 }],
  ['grad_y_pred_0', { tensor: float(1, Number.NEGATIVE_INFINITY), rtol: 1e-6, atol: 1e-7 }],
])
const names = [...expected.keys()]
const right = {
  loss: float(100.0005),
  xy_0: float(40),
  ignore_0: float(7),
  grad_y_pred_0: float(1, Number.NEGATIVE_INFINITY),
}
const verdict = (results: Readonly<Record<string, Tensor>>) => judge(new Map(Object.entries(results)), names, expected)

describe('a result', () => {
  it('passes within its tolerances, an infinite derivative as the same infinity', () => {
    const { passed, lossError, output } = verdict(right)
    expect(passed).toBe(true)
    expect(lossError).toBeCloseTo(5e-6)
    expect(output).toBe('loss')
  })

  it.each([
    ['a loss beyond 1e-5', { loss: float(100.002) }, 'loss'],
    ['a component beyond 1e-5', { xy_0: float(40.001) }, 'xy_0'],
    ['a count that is off by one', { ignore_0: float(8) }, 'ignore_0'],
    ['a gradient that is finite where it must not be', { grad_y_pred_0: float(1, -1e30) }, 'grad_y_pred_0'],
    ['a gradient of another size', { grad_y_pred_0: float(1) }, 'grad_y_pred_0'],
    ['NaN', { loss: float(Number.NaN) }, 'loss'],
  ])('fails for %s', (_, wrong, output) => {
    expect(verdict({ ...right, ...wrong })).toMatchObject({ passed: false, output })
  })

  it('fails for an output that is missing', () => {
    const { xy_0: _, ...rest } = right
    expect(verdict(rest)).toMatchObject({ passed: false, output: 'xy_0', measure: Number.POSITIVE_INFINITY })
  })
})

it('is not judged by nothing', () => {
  expect(() => judge(new Map(), [], expected)).toThrow('nothing to judge by')
  expect(() => judge(new Map(), ['other'], expected)).toThrow('no expected value')
})
