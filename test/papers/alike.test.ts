import { describe, expect, it } from 'vitest'
import { missingLine } from '../others/pages/alike.js'
import { shownBy } from './markdown.js'

describe('what a page shows is what is printed', () => {
  it.each([
    ['the same line', 'loss = 527.884', 'loss = 527.884'],
    ['other spaces', 'loss  cpu   PASS', '  loss cpu PASS'],
    ['another last digit', 'loss = 527.884', 'loss = 527.88403'],
    ['another error of rounding', '19/19  3.91e-3  PASS', '19/19  7.32e-4  PASS'],
    ['words left out', 'node: Node …', 'node: Node 24.1.0'],
    ['words left out in the middle', '25/25 … PASS', '25/25  1e-3  2e-4  PASS'],
  ])('%s passes', (_, shown, printed) => {
    expect(missingLine([shown], `before\n${printed}\nbehind`)).toBeUndefined()
  })

  it.each([
    ['another word', 'loss = 527.884', 'Loss = 527.884'],
    ['another number', 'loss = 527.884', 'loss = 527.9'],
    ['another count', '114 passed, 0 failed', '113 passed, 1 failed'],
    ['an error of another size', '19/19  3.91e-3  PASS', '19/19  3.91e-1  PASS'],
    ['a word more', 'wrote a.onnx', 'wrote a.onnx again'],
    ['a word less', 'wrote a.onnx …', 'wrote'],
  ])('%s fails', (_, shown, printed) => {
    expect(missingLine([shown], `before\n${printed}\nbehind`)).toBe(shown)
  })

  it('the order of lines counts', () => {
    expect(missingLine(['a', 'b'], 'a\nc\nb')).toBeUndefined()
    expect(missingLine(['b', 'a'], 'a\nc\nb')).toBe('a')
  })
})

it('a block that shows runs is read as commands with their lines', () => {
  const text = '$ npx yolo-loss eval a b   # of two\nloss = 1\n…\n$ npx yolo-loss lint a\nfine\n'
  expect(shownBy({ text })).toEqual([
    { command: 'npx yolo-loss eval a b', lines: ['loss = 1'] },
    { command: 'npx yolo-loss lint a', lines: ['fine'] },
  ])
})
