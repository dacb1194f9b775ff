import { describe, expect, test } from 'vitest'
import { Graph } from '../../../src/onnx/graph/graph.js'
import type { Dim } from '../../../src/onnx/graph/model.js'
import { slice } from '../../../src/onnx/ops/slice.js'
import { evaluate } from '../../../src/runtime/evaluate.js'
import { at, counting, expectTensor, fill, float32, opsets } from './support.js'

const x = counting([2, 3, 4])
const all = [0, 1, 2]

/** Index text, and the entries it takes along each axis; a lone number drops its axis. */
const parts: readonly (readonly [
  text: string,
  rows: number | number[],
  columns: number | number[],
  channels: number | number[],
])[] = [
  ['..., 3', [0, 1], all, 3],
  ['..., -1', [0, 1], all, 3],
  ['..., 0:2', [0, 1], all, [0, 1]],
  ['..., 2:', [0, 1], all, [2, 3]],
  ['..., -3:-1', [0, 1], all, [1, 2]],
  ['..., ::-1', [0, 1], all, [3, 2, 1, 0]],
  ['..., ::', [0, 1], all, [0, 1, 2, 3]],
  [':, 1:3', [0, 1], [1, 2], [0, 1, 2, 3]],
  ['1', 1, all, [0, 1, 2, 3]],
  ['0, ..., 1', 0, all, 1],
  ['1, -2, 2', 1, 1, 2],
  ['..., ::-1, 0:9', [0, 1], [2, 1, 0], [0, 1, 2, 3]],
  ['-9:1, 1:1, ...', [0], [], [0, 1, 2, 3]],
  ['::-1, ::-1, ::-1', [1, 0], [2, 1, 0], [3, 2, 1, 0]],
  [':, ..., 1:-1:1', [0, 1], all, [1, 2]],
]

const listed = (entries: number | number[]): number[] => [entries].flat()

describe('an index takes the same entries as a loop', () => {
  for (const [text, ...axes] of parts) {
    test(`'${text}'`, async () => {
      const shape = axes.flatMap((entries) => (typeof entries === 'number' ? [] : [entries.length]))
      const full = fill(
        'float32',
        axes.map((entries) => listed(entries).length),
        (index) =>
          at(
            x,
            index.map((i, axis) => listed(axes[axis] as number[])[i] as number),
          ),
      )
      for (const opset of opsets) {
        const value = slice(new Graph({ opset }).input('x', 'float32', x.shape), text)
        expect(value.shape).toEqual(shape)
        expectTensor(await evaluate(value, { x }), { ...full, shape })
      }
    })
  }
})

test('an index of colons alone is the value itself', () => {
  const value = new Graph().input('x', 'float32', x.shape)
  expect(slice(value, '...')).toBe(value)
  expect(slice(value, ':, ..., :')).toBe(value)
})

/** Index text on an axis of unknown size h, the size it declares, and the entries it takes of h. */
const symbolic: readonly (readonly [text: string, size: Dim, of: (h: number) => number[]])[] = [
  [':', 'h', (h) => count(h)],
  ['0:', 'h', (h) => count(h)],
  ['::-1', 'h', (h) => count(h).reverse()],
  ['1:', '(h-1)', (h) => count(h).slice(1)],
  [':-1', '(h-1)', (h) => count(h).slice(0, -1)],
  ['1:-2', '(h-3)', (h) => count(h).slice(1, -2)],
  ['0:2', 'min(h,2)', (h) => count(h).slice(0, 2)],
  ['-2:', 'min(h,2)', (h) => count(h).slice(-2)],
  ['1:3', '(min(h,3)-min(h,1))', (h) => count(h).slice(1, 3)],
  ['-3:-1', '(min(h,3)-min(h,1))', (h) => count(h).slice(-3, -1)],
  ['2:2', 0, () => []],
]

const count = (n: number): number[] => [...Array(n).keys()]

describe('on an axis of unknown size the declared size holds whatever the size is', () => {
  for (const [text, size, of] of symbolic) {
    test(`'${text}' has size ${size}`, async () => {
      const value = slice(new Graph().input('x', 'float32', ['h']), text)
      expect(value.shape).toEqual([size])
      for (const h of [0, 1, 2, 3, 5].filter(() => text !== ':')) {
        const got = await evaluate(value, { x: counting([h]) })
        expectTensor(got, float32([of(h).length], of(h)))
      }
    })
  }
})

test('equal cuts of an axis of unknown size have equal sizes, and others do not', () => {
  const value = new Graph().input('x', 'float32', ['h'])
  expect(slice(value, '1:').shape).toEqual(slice(value, ':-1').shape)
  expect(slice(value, '2:').shape).not.toEqual(slice(value, '1:').shape)
})

describe('an index that does not fit is refused with the place and the operand', () => {
  const refused: readonly (readonly [text: string, why: string])[] = [
    ['..., 4', 'axis 2 has size 4'],
    ['-3', 'axis 0 has size 2'],
    ['0, 0, 0, 0', 'does not fit rank 3'],
    ['..., ...', 'does not fit rank 3'],
    ['1.5', "'1.5' has no meaning"],
    ['1,,2', "'' has no meaning"],
    ['', "'' has no meaning"],
    ['h', "'h' has no meaning"],
    ['::2', 'only the steps 1 and -1 are supported'],
    ['::0', 'only the steps 1 and -1 are supported'],
    ['3::-1', 'a reversed range takes no ends'],
    ['..., 3:1', 'the range of axis 2 ends before it starts'],
  ]
  for (const [text, why] of refused) {
    test(`'${text}'`, () => {
      const graph = new Graph()
      const value = graph.input('x', 'float32', [2, 3, 4])
      const act = () => graph.scope('here', () => slice(value, text))
      expect(act).toThrow(`here/Slice: index '${text}': ${why}\n  x: float32[2,3,4] from x`)
      expect(act).toThrow(expect.objectContaining({ code: 'E_RANGE' }))
    })
  }

  test.each(['-2:3', '-1:0'])("'%s' of an unknown size counts from both ends", (text) => {
    const value = new Graph().input('x', 'float32', ['h'])
    expect(() => slice(value, text)).toThrow('axis 0 of unknown size is counted from both ends')
  })

  test("'-1:-3' of an unknown size ends before it starts", () => {
    const value = new Graph().input('x', 'float32', ['h'])
    expect(() => slice(value, '-1:-3')).toThrow('the range of axis 0 ends before it starts')
  })
})
