import { expect, it } from 'vitest'
import { typed } from '../../../../src/view/live/panel/typed.js'

it('a field shows a number, and in words what is none', () => {
  expect(typed(0.1 + 0.2)).toEqual({ value: '0.3', placeholder: '' })
  expect(typed(Number.NaN)).toEqual({ value: '', placeholder: 'NaN' })
  expect(typed(Number.NEGATIVE_INFINITY)).toEqual({ value: '', placeholder: '−∞' })
  expect(typed(undefined)).toEqual({ value: '', placeholder: '' })
})
