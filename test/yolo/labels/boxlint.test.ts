import { describe, expect, it } from 'vitest'
import { float32 } from '../../../src/io/tensor.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { lintBoxes } from '../../../src/yolo/labels/boxlint.js'

const config = resolveConfig({ preset: 'yolov3-voc' })
const tiny = resolveConfig({ preset: 'yolov3-tiny-voc' })
const zeros = [0, 0, 0, 0, 0]

/** Findings for one image of 416 × 416. */
const lint = (rows: readonly number[][], of = config) =>
  lintBoxes(float32([1, rows.length, 5], rows.flat()), [416, 416], of).map(({ kind, row, by }) =>
    by === undefined ? `${row} ${kind}` : `${row} ${kind} by ${by}`,
  )

describe('the lint of boxes', () => {
  it('finds nothing in boxes that are learnt as they stand, with padding after them', () => {
    expect(lint([[10, 10, 100, 120, 3], [200, 50, 416, 416, 0], zeros, zeros])).toEqual([]) // biome-ignore format: rows
    expect(lint([zeros, zeros])).toEqual([])
  })

  it.each<[string, number[][], string[]]>([
    ['a box of height 0', [[10, 10, 50, 10, 0]], ['0 zero-size']],
    ['a box of negative height', [[10, 20, 50, 10, 0]], ['0 zero-size']],
    ['a box of width 0 after all others', [[10, 10, 90, 90, 0], [5, 5, 5, 9, 0]], ['1 lost']],
    ['a row of zeros before a box (S32)', [zeros, [10, 10, 90, 90, 0]], ['0 zero-size', '1 lost']],
    ['a box reaching out', [[300, 300, 430, 400, 0]], ['0 outside']],
    ['a box with its centre outside', [[400, 300, 450, 400, 0]], ['0 refused']],
    ['a refused box before others, which stay', [[10, 10, 90, 90, 20], [10, 10, 90, 90, 0]], ['0 refused']],
    ['a box of no height that is overwritten', [[10, 10, 100, 10, 0], [50, 4, 60, 17, 0]], ['0 overwritten by 1']],
    ['a class the configuration lacks', [[10, 10, 90, 90, 20]], ['0 refused']],
    ['a negative class', [[10, 10, 90, 90, -1]], ['0 refused']],
    ['a number that is none', [[10, 10, Number.NaN, 90, 0]], ['0 refused']],
    ['two boxes in a cell (S31)', [[10, 10, 100, 120, 3], [10, 10, 101, 120, 5]], ['0 overwritten by 1']],
    ['the second of three in a cell', [[10, 10, 100, 120, 3], [11, 10, 101, 120, 5], [10, 10, 101, 120, 5]], ['0 overwritten by 1', '1 overwritten by 2']],
  ])('finds %s', (_, rows, found) => {
    expect(lint(rows)).toEqual(found)
  }) // biome-ignore format: rows

  it('finds boxes of annotations that have become too small, which are no padding', () => {
    const small = float32([1, 2, 5], [10, 10, 90, 90, 0, 0, 0, 0, 0, 0])
    const found = (padded?: boolean) => lintBoxes(small, [416, 416], config, padded).map(({ row, kind }) => [row, kind])
    expect([found(), found(false)]).toEqual([[], [[1, 'lost']]])
  })

  it('finds a box whose anchor no mask names: anchor 0 of the tiny model', () => {
    expect(lint([[100, 100, 110, 114, 0]], tiny)).toEqual(['0 lost'])
    expect(lint([[100, 100, 110, 100, 0]], tiny)).toEqual(['0 lost'])
    expect(lint([[100, 100, 181, 182, 0]], tiny)).toEqual([])
  })

  it('finds two boxes in a cell once for each scale that has their anchor', () => {
    const twice = [[100, 100, 181, 182, 0], [100, 100, 181, 182, 1]] // biome-ignore format: rows
    expect(lint(twice, tiny)).toEqual(['0 overwritten by 1', '0 overwritten by 1'])
  })

  it('finds the boxes beyond 20, which the loader of the original drops (S34)', () => {
    const rows = Array.from({ length: 23 }, (_, i) => [
      (i % 5) * 80,
      80 * Math.floor(i / 5),
      (i % 5) * 80 + 60,
      80 * Math.floor(i / 5) + 60,
      0,
    ])
    expect(lint(rows)).toEqual(['20 truncated', '21 truncated', '22 truncated'])
  })
})
