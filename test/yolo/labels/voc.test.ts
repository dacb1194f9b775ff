import { describe, expect, it } from 'vitest'
import type { Element } from '../../../src/io/index.js'
import { classesOf, vocClasses, vocImage } from '../../../src/yolo/labels/voc.js'

let line = 0
const element = (name: string, ...inside: readonly (string | Element)[]): Element => ({
  name,
  line: ++line,
  text: inside.filter((part) => typeof part === 'string').join(''),
  children: inside.filter((part) => typeof part !== 'string'),
})
const bounds = (...corners: readonly string[]) =>
  element('bndbox', ...['xmin', 'ymin', 'xmax', 'ymax'].map((name, i) => element(name, corners[i] ?? '')))
const object = (name: string, corners: readonly string[], ...more: readonly Element[]) =>
  element('object', element('name', name), ...more, bounds(...corners))
const size = (width: string, height: string) => element('size', element('width', width), element('height', height))
const annotation = (...more: readonly Element[]) => element('annotation', element('filename', 'a.jpg'), ...more)
const read = (root: Element, names?: readonly string[]) => vocImage(root, 'a.xml', classesOf(names))

describe('Pascal VOC', () => {
  it('tells the size of its image, and its boxes in pixels, decimals cut off', () => {
    const dog = object('dog', ['10', '20.9', '30', '40'])
    const { boxes, ...image } = read(annotation(size('500', '375'), dog))
    expect(image).toEqual({ name: 'a.jpg', file: 'a.xml', size: [375, 500] })
    expect(boxes).toEqual([{ line: dog.line, box: [10, 20, 30, 40, 11] }])
  })

  it('has difficult objects, which keras-yolo3 leaves out', () => {
    const corners = ['1', '2', '3', '4']
    const difficult = object('dog', corners, element('difficult', '1'))
    const easy = object('cat', corners, element('difficult', '0'))
    expect(read(annotation(difficult, easy)).boxes.map(({ box }) => box[4])).toEqual([7])
  })

  it('has twenty classes, or those whose names are given', () => {
    expect(vocClasses).toHaveLength(20)
    const hat = annotation(object('hat', ['1', '2', '3', '4']))
    expect(read(hat, ['shoe', 'hat']).boxes[0]?.box[4]).toBe(1)
    expect(() => read(hat)).toThrow(
      'class "hat" is not among the 20 names of the classes\n  hint: name them with --names',
    )
  })

  it('need not tell the size of its image', () => {
    expect(read(annotation()).size).toBeUndefined()
  })

  it.each<[string, () => Element, string]>([
    ['another root', () => element('html'), 'the root is <html>, not <annotation>'],
    ['no name of the image', () => element('annotation'), '<annotation> has no <filename>'],
    [
      'an object without name',
      () => annotation(element('object', bounds('1', '2', '3', '4'))),
      '<object> has no <name>',
    ],
    ['an object without box', () => annotation(element('object', element('name', 'dog'))), '<object> has no <bndbox>'],
    ['a box without corner', () => annotation(object('dog', ['1', '2', '3'])), '<ymax> "" is no number'],
    ['a word for a corner', () => annotation(object('dog', ['1', 'x', '3', '4'])), '<ymin> "x" is no number'],
    ['half a size', () => annotation(element('size', element('width', '5'))), '<size> has no <height>'],
  ])('with %s is refused, by file and line', (_, make, message) => {
    const root = make()
    expect(() => read(root)).toThrow(expect.objectContaining({ exitCode: 3 }))
    expect(() => read(root)).toThrow(message)
    if (root.name === 'annotation') expect(() => read(root)).toThrow(/^a\.xml, line \d+: /)
  })
})
