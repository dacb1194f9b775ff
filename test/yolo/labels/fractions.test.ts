import { describe, expect, it } from 'vitest'
import { fractionBoxes } from '../../../src/yolo/labels/fractions.js'

const size = [480, 640] as const

describe('YOLO labels', () => {
  it('are fractions of the image, rounded to whole pixels, and know their line', () => {
    const text = '\uFEFF3 0.5 0.5 0.25 0.5\r\n\r\n  0 .0781250 1e-1 0.15625 0.2  \n'
    expect(fractionBoxes(text, 'a.txt', size)).toEqual([
      { line: 1, box: [240, 120, 400, 360, 3] },
      { line: 3, box: [0, 0, 100, 96, 0] },
    ])
  })

  it('give back the pixels that were written with six digits', () => {
    for (const [x1, y1, x2, y2] of [[1, 2, 638, 479], [333, 7, 334, 9], [0, 0, 640, 480]] as const) {
      const row = [(x1 + x2) / 2 / 640, (y1 + y2) / 2 / 480, (x2 - x1) / 640, (y2 - y1) / 480]
      const [placed] = fractionBoxes(`7 ${row.map((x) => x.toFixed(6)).join(' ')}`, 'a.txt', size)
      expect(placed?.box).toEqual([x1, y1, x2, y2, 7])
    }
  }) // biome-ignore format: pixels

  it('of an empty file are none', () => {
    expect(fractionBoxes('', 'a.txt', size)).toEqual([])
  })

  it.each([
    ['four numbers', '0 0.5 0.5 0.25', 'has 4 numbers, not 5'],
    ['an outline', '0 .1 .1 .2 .1 .2 .2 .1 .2', 'has 9 numbers, not 5'],
    ['a fraction of a class', '0.5 0.5 0.5 0.25 0.25', '"0.5" is no class'],
    ['a class below 0', '-1 0.5 0.5 0.25 0.25', '"-1" is no class'],
    ['a name', 'cat 0.5 0.5 0.25 0.25', '"cat" is no class'],
    ['a word', '0 0.5 x 0.25 0.25', 'cy "x" is no number'],
    ['NaN', '0 0.5 0.5 NaN 0.25', 'w "NaN" is no number'],
    ['pixels', '0 320 240 100 100', 'cx 320 is not from 0 to 1'],
    ['a size below 0', '0 0.5 0.5 0.25 -0.25', 'h -0.25 is not from 0 to 1'],
  ])('with %s are refused, by file and line', (_, row, message) => {
    const parse = () => fractionBoxes(`0 0.5 0.5 0.25 0.25\n${row}`, 'a.txt', size)
    expect(parse).toThrow(expect.objectContaining({ exitCode: 3 }))
    expect(parse).toThrow(`a.txt, line 2: ${message}`)
  })
})
