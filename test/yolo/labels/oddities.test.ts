import { describe, expect, it } from 'vitest'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import { layouts } from '../../../src/yolo/config/vocabulary.js'
import { findOddities, type Oddity, type ScaleArrays } from '../../../src/yolo/labels/oddities.js'

/** Two images of 2 rows, 3 columns, 2 anchors, 1 class. */
const shape = [2, 2, 3, 2, 6] as const
const size = shape.reduce((n, d) => n * d, 1)
const index = (...at: number[]): number => at.reduce((n, i, axis) => n * (shape[axis] as number) + i, 0)

/** A positive in image 1, row 1, column 2, anchor 1, in the middle of its cell, changed in one entry. */
function arrays(entry = 0, value?: number): ScaleArrays {
  const labels = new Float32Array(size)
  const row = [2.5 / 3, 0.75, 0.1, 0.2, 1, 1]
  if (value !== undefined) row[entry] = value
  labels.set(row, index(1, 1, 2, 1, 0))
  const logits = float32([2, 2, 3, 12], new Float32Array(size))
  return { scale: 1, logits, labels: float32(shape, labels), layout: layouts.nhwc }
}

const there = { scale: 1, image: 1, row: 1, column: 2, anchor: 1 }

describe('the arrays of a scale', () => {
  it('as target assignment writes them hold nothing odd', () => {
    expect(findOddities(arrays())).toEqual([])
  })

  it.each<[string, number, number, Oddity['kind'], string]>([
    ['a width of 0', 2, 0, 'zero-size', 'a positive of width 0'],
    ['a height of 0', 3, 0, 'zero-size', 'a positive of height 0'],
    ['a negative height', 3, -0.5, 'negative-size', 'a positive of height -0.5'],
    ['a centre in another cell', 0, 0.1, 'outside-cell', 'in another cell'],
    ['NaN for a class', 5, Number.NaN, 'non-finite-label', 'class 0 of a label is NaN'],
    ['an infinite objectness', 4, Number.POSITIVE_INFINITY, 'non-finite-label', 'objectness of a label is Infinity'],
  ])('show %s and where it is', (_, entry, value, kind, what) => {
    const [found, ...rest] = findOddities(arrays(entry, value))
    expect(rest).toEqual([])
    expect(found).toMatchObject({ kind, count: 1, at: there })
    expect(found?.what).toContain(what)
  })

  it('may have a centre on the border of the cell, as float32 puts it (S6)', () => {
    expect(findOddities(arrays(0, 1))).toEqual([])
  })

  it('show logits that are not finite, in any layout and in half precision', () => {
    const data = new Float32Array(size)
    const at = (axes: string) =>
      [...axes].reduce((n, axis) => {
        const i = 'bhwad'.indexOf(axis)
        return n * (shape[i] as number) + ([1, 1, 2, 1, 3][i] as number)
      }, 0)
    for (const [name, axes] of Object.entries({ nhwc: 'bhwad', nchw: 'badhw' })) {
      const logits = float32([size], data)
      logits.data[at(axes)] = Number.NaN
      const layout = { axes: [...axes] as never, fused: true }
      const [found] = findOddities({ ...arrays(), logits, layout })
      expect(found, name).toMatchObject({ kind: 'non-finite-logit', count: 1, at: there, what: 'h of a logit is NaN' })
    }
    const half: Tensor = { dtype: 'float16', shape: [size], data: new Uint16Array(size) }
    half.data[at('bhwad')] = 0xfc00
    expect(findOddities({ ...arrays(), logits: half })).toMatchObject([{ at: there, what: 'h of a logit is infinite' }])
  })

  it('show the image with more boxes than the static form takes', () => {
    const labels = float32(
      shape,
      Array(size / 6)
        .fill([0.5, 0.5, 0.1, 0.1, 1, 1])
        .flat(),
    )
    const found = findOddities({ ...arrays(), labels, maxBoxes: 11 }).find(({ kind }) => kind === 'too-many')
    expect(found).toMatchObject({ count: 2, at: { image: 0, row: 1, column: 2, anchor: 1 } })
    expect(findOddities({ ...arrays(), labels, maxBoxes: 12 }).some(({ kind }) => kind === 'too-many')).toBe(false)
  })

  it('must fit together', () => {
    expect(() => findOddities({ ...arrays(), logits: float32([3], [1, 2, 3]) })).toThrow('do not fit together')
  })
})
