import { describe, expect, it } from 'vitest'
import type { Annotations } from '../../../src/yolo/labels/annotations.js'
import { CocoAnnotations, cocoLists } from '../../../src/yolo/labels/coco.js'
import { fitBoxes } from '../../../src/yolo/labels/letterbox.js'
import { LineAnnotations } from '../../../src/yolo/labels/lines.js'

/** All images at once, which only tests ask for. */
const everything = (images: Annotations) =>
  Array.from({ length: images.images }, (_, image) => {
    const rows = Array.from({ length: images.countOf(image) }, (_, row) => row)
    const boxes = rows.map((row) => images.boxOf(image, row))
    const places = rows.map((row) => images.placeOf(image, row))
    const size = images.sizeOf(image)
    return { name: images.nameOf(image), boxes, places, ...(size && { size }) }
  })

function parseLines(text: string, file: string) {
  const images = new LineAnnotations(file)
  for (const line of text.split('\n')) images.add(line)
  return everything(images)
}

function parseCoco(json: ReturnType<typeof coco>, names: readonly string[] | undefined, file: string) {
  const images = new CocoAnnotations(file, names)
  for (const list of ['annotations', 'categories', 'images'] as const)
    for (const [i, entry] of json[list].entries()) images.add(list, i, entry)
  images.close(new Set(Object.keys(cocoLists)))
  return everything(images)
}

describe('annotation lines', () => {
  it('name an image and its boxes; an image may have none', () => {
    const [first, second, ...rest] = parseLines('a/b.jpg 1,2,30,40,0 -5,6,7,8,19\nc.png', 'train.txt')
    expect(first).toEqual({
      name: 'a/b.jpg',
      boxes: [
        [1, 2, 30, 40, 0],
        [-5, 6, 7, 8, 19],
      ],
      places: ['train.txt, line 1, box 1', 'train.txt, line 1, box 2'],
    })
    expect(second).toMatchObject({ name: 'c.png', boxes: [] })
    expect(rest).toEqual([])
  })

  it.each([
    ['a fraction', 'a.jpg 1,2,3.5,4,0', 'line 1, box 1: "3.5" is no whole number'],
    ['a word', 'a.jpg 1,2,3,4,cat', '"cat" is no whole number'],
    ['four numbers', 'a.jpg 1,2,3,4,0 1,2,3,4', 'line 1, box 2: "1,2,3,4" has 4 numbers, not 5'],
    ['spaces after commas', 'a.jpg 1, 2, 3, 4, 0', '"1," has 2 numbers, not 5'],
    ['an empty line', 'a.jpg\n\nb.jpg', 'line 2: the line is empty'],
  ])('with %s are refused', (_, text, message) => {
    expect(() => parseLines(text, 'train.txt')).toThrow(expect.objectContaining({ exitCode: 3 }))
    expect(() => parseLines(text, 'train.txt')).toThrow(message)
  })
})

const coco = () => ({
  images: [
    { id: 7, file_name: 'seven.jpg', width: 640, height: 480 },
    { id: 3, file_name: 'three.jpg', width: 100, height: 200 },
  ],
  annotations: [
    { image_id: 3, category_id: 90, bbox: [10.9, 20.2, 30.8, 40.7] },
    { image_id: 3, category_id: 1, bbox: [0, 0, 5, 5] },
  ],
  categories: [
    { id: 90, name: 'toothbrush' },
    { id: 1, name: 'person' },
    { id: 13, name: 'stop sign' },
  ],
})

describe('COCO instances', () => {
  it('keep the order of images and boxes, cut corners as keras-yolo3 does, number categories by id', () => {
    expect(parseCoco(coco(), undefined, 'c.json')).toEqual([
      { name: 'seven.jpg', size: [480, 640], boxes: [], places: [] },
      {
        name: 'three.jpg',
        size: [200, 100],
        boxes: [
          [10, 20, 40, 60, 2],
          [0, 0, 5, 5, 0],
        ],
        places: ['c.json, annotations[0]', 'c.json, annotations[1]'],
      },
    ])
  })

  it('take classes from names, if there are some', () => {
    const names = ['toothbrush', 'person', 'stop sign']
    expect(parseCoco(coco(), names, 'c.json')[1]?.boxes.map(([, , , , label]) => label)).toEqual([0, 1])
    expect(() => parseCoco(coco(), ['person'], 'c.json')).toThrow('category "stop sign" is not among the class names')
  })

  it.each<[string, Partial<ReturnType<typeof coco>>, string]>([
    [
      'with half a box',
      { annotations: [{ image_id: 3, category_id: 1, bbox: [1, 2] }] },
      'annotations[0] lacks a field',
    ],
    ['with an unknown image', { images: [] }, 'image 3 is not among the images'],
    ['with an unknown category', { categories: [] }, 'category 90 is not among the categories'],
    ['with an id twice', { images: [...coco().images, ...coco().images] }, 'images[2] has id 7, and so has images[0]'],
  ])('%s are refused', (_, change, message) => {
    const parse = () => parseCoco({ ...coco(), ...change }, undefined, 'c.json')
    expect(parse).toThrow(expect.objectContaining({ exitCode: 3 }))
    expect(parse).toThrow(message)
  })

  it('without a list are refused', () => {
    const images = new CocoAnnotations('c.json', undefined)
    expect(() => images.close(new Set(['images', 'annotations']))).toThrow('has no list "categories"')
  })
})

describe('boxes in the network input', () => {
  // 640 × 480 into 416 × 416: scale 0.65, 312 pixels high, bars of 52.
  it('are letterboxed: scaled, moved by the bar, cut to whole pixels', () => {
    expect(fitBoxes([[10, 10, 101, 121, 4]], 'letterbox', [480, 640], [416, 416])).toEqual([[6, 58, 65, 130, 4]])
  })
  it('are cut towards 0 beyond the left edge too', () => {
    expect(fitBoxes([[-3, 0, 101, 9, 4]], 'letterbox', [640, 640], [416, 416])).toEqual([[-1, 0, 65, 5, 4]])
  })
  it('have bars left and right in an upright image, of unequal width where the rest is odd', () => {
    // 100 wide, 201 high into 64 × 96: scale 64/201, 31 pixels wide, 65 left for the bars.
    expect(fitBoxes([[0, 0, 100, 201, 0]], 'letterbox', [201, 100], [64, 96])).toEqual([[32, 0, 63, 64, 0]])
  })
  it('are stretched, or left as they are', () => {
    expect(fitBoxes([[10, 10, 320, 480, 4]], 'stretch', [480, 640], [416, 416])).toEqual([[6, 8, 208, 416, 4]])
    expect(fitBoxes([[1.5, 2, 3, 4, 0]], 'none', [1, 1], [416, 416])).toEqual([[1.5, 2, 3, 4, 0]])
  })
})
