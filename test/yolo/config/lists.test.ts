import { describe, expect, it } from 'vitest'
import { parseAnchorList, parseClassList } from '../../../src/yolo/config/lists.js'

describe('a text file of anchors', () => {
  it('has pairs in one line', () => {
    expect(parseAnchorList('10,13,  16,30,  33.5,23\n', 'a.txt')).toEqual([[10, 13], [16, 30], [33.5, 23]]) // biome-ignore format: pairs
  })
  it.each([
    ['of two lines', '10,13\n16,30\n', 'must stand in one line; a.txt has 2'],
    ['with a word', '10,13, 16,x', 'must be numbers, got "x" in a.txt'],
    ['with NaN', '10,13, 16,NaN', 'must be numbers, got "NaN"'],
    ['of odd length', '10,13,16', 'must be pairs of width and height, got 3 numbers'],
    ['that is empty', '', 'got 0 numbers'],
  ])('%s is refused', (_, text, message) => {
    expect(() => parseAnchorList(text, 'a.txt')).toThrow(message)
  })
})

describe('a text file of classes', () => {
  it('has a name a line, white space around it dropped', () => {
    expect(parseClassList('person\r\n traffic light \ncar\n', 'c.txt')).toEqual(['person', 'traffic light', 'car'])
    expect(parseClassList('person', 'c.txt')).toEqual(['person'])
  })
  it.each([
    ['an empty line', 'person\n\ncar\n', 'line 2 of c.txt is empty'],
    ['an empty line at its end', 'person\n\n', 'line 2 of c.txt is empty'],
    ['nothing', '', 'line 1 of c.txt is empty'],
    ['a name twice', 'a\nb\na\n', 'holds "a" twice'],
  ])('with %s is refused', (_, text, message) => {
    expect(() => parseClassList(text, 'c.txt')).toThrow(message)
  })
})
