import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { configFrom } from '../../src/cli/groups/config.js'
import { presets } from '../../src/yolo/config/presets.js'
import { scratch } from '../verify/cases.js'

const root = await scratch()
let count = 0

/** A file that holds this text. */
async function fileOf(text: string, suffix = '.json'): Promise<string> {
  const file = join(root, `file${count++}${suffix}`)
  await writeFile(file, text)
  return file
}

const cfg = `[net]
height=320
width=512
[yolo]
anchors=10,20, 30,40, 50,60, 70,80
mask=2,3
classes=7
ignore_thresh=.7
[yolo]
anchors=10,20, 30,40, 50,60, 70,80
mask=0,1
classes=7
ignore_thresh=.7
`

describe('a configuration', () => {
  it('says where each value comes from', async () => {
    const file = await fileOf('{"preset": "yolov3-voc", "ignoreThreshold": 0.6}')
    const { config, origins } = configFrom({ config: file, classes: 3 })
    expect(config).toMatchObject({ classes: 3, ignoreThreshold: 0.6, opset: 17 })
    expect(origins).toMatchObject({
      classes: '--classes',
      ignoreThreshold: file,
      anchors: 'preset yolov3-voc',
      anchorMask: 'preset yolov3-voc',
      opset: 'default',
    })
  })

  it('does not keep the masks of a preset for other anchors', () => {
    const anchors = presets['yolov3-tiny-coco'].anchors.map((pair) => [...pair])
    const { config, origins } = configFrom({ preset: 'yolov3-coco', anchors })
    expect(config.anchorMask).toEqual([[3, 4, 5], [1, 2, 3]]) // biome-ignore format: pairs
    expect(origins).toMatchObject({ anchors: '--anchors', anchorMask: 'default', classes: 'preset yolov3-coco' })
  })

  it('comes from a Darknet file, flags win', async () => {
    const file = await fileOf(cfg, '.cfg')
    const { config, origins, input } = configFrom({ config: file, ignoreThresh: 0.5 })
    expect(config).toMatchObject({ classes: 7, ignoreThreshold: 0.5, anchorMask: [[2, 3], [0, 1]] }) // biome-ignore format: pairs
    expect(origins).toMatchObject({ classes: file, ignoreThreshold: '--ignore-thresh' })
    expect(input).toEqual([320, 512])
  })

  it('comes from text files of anchors and classes', async () => {
    const anchors = await fileOf('1,2, 3,4, 5,6, 7,8, 9,10, 11,12\n', '.txt')
    const classes = await fileOf('cat\ndog\n', '.txt')
    const { config, origins, classNames } = configFrom({ anchors, classes })
    expect(config).toMatchObject({ classes: 2, anchors: [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10], [11, 12]] }) // biome-ignore format: pairs
    expect(origins).toMatchObject({ anchors: `--anchors ${anchors}`, classes: `--classes ${classes}` })
    expect(classNames).toEqual(['cat', 'dog'])
  })

  it('has presets with the values of their sources', () => {
    const of = (preset: string) => {
      const { classes, ignoreThreshold, anchors, anchorMask } = configFrom({ preset }).config
      return [classes, ignoreThreshold, anchors.length, anchorMask.flat().join()]
    }
    const three = '6,7,8,3,4,5,0,1,2'
    expect(of('yolov3-coco')).toEqual([80, 0.5, 9, three])
    expect(of('yolov3-voc')).toEqual([20, 0.5, 9, three])
    expect(of('yolov3-spp')).toEqual([80, 0.7, 9, three])
    expect(of('yolov3-openimages')).toEqual([601, 0.7, 9, three])
    expect(of('yolov3-tiny-coco')).toEqual([80, 0.7, 6, '3,4,5,1,2,3'])
    expect(of('yolov3-tiny-voc')).toEqual([20, 0.7, 6, '3,4,5,1,2,3'])
  })

  it('may have a byte-order mark', async () => {
    expect(configFrom({ config: await fileOf('\uFEFF{"preset": "yolov3-coco"}') }).config.classes).toBe(80)
  })
})

describe('a configuration file', () => {
  it('is named when a value of it breaks a rule, but not for a value of a flag', async () => {
    const config = await fileOf('{"preset": "yolov3-coco", "classes": 0}')
    expect(() => configFrom({ config })).toThrow(`${config}: "classes" must be a whole number from 1 to 100000, got 0`)
    expect(() => configFrom({ config, classes: -1 })).toThrow(/^"classes" must be .*, got -1$/)
    expect(() => configFrom({ config, preset: 'yolov9' })).toThrow(/^"preset" must be one of/)
    const misspelt = await fileOf('{"preset": "yolov3-coco", "clases": 1}')
    expect(() => configFrom({ config: misspelt })).toThrow(
      `${misspelt}: "clases" is no option: did you mean "classes"?`,
    )
  })

  it('that lacks a value gets told the flag and the key', async () => {
    const config = await fileOf('{"anchors": [[1, 2]], "anchorMask": [[0]]}')
    expect(() => configFrom({ config })).toThrow(
      '"classes" is missing\n  hint: give --classes, or "classes" in the file that --config names',
    )
  })
})

describe('a configuration file is refused', () => {
  it.each<[string, string, string, string]>([
    ['that is code', 'export default { classes: 3 }', '.js', 'code is never run'],
    ['with a key that reaches for the prototype', '{"__proto__": {"classes": 3}}', '.json', '"__proto__" is no option'],
    [
      'with a key of every object',
      '{"constructor": 3, "preset": "yolov3-coco"}',
      '.json',
      '"constructor" is no option',
    ],
    ['with an unknown key', '{"anchor_mask": [], "preset": "yolov3-coco"}', '.json', 'did you mean "anchorMask"?'],
    ['with a key twice', '{"classes": 3,\n "classes": 4}', '.json', 'again at line 2, column 2'],
    ['that nests without end', '['.repeat(50_000), '.json', 'more than 20 deep, at line 1, column 21'],
    ['that nests objects', '{"a":'.repeat(30), '.json', 'more than 20 deep'],
    ['with brackets in a string only', `["\\"${'['.repeat(30)}"]`, '.json', 'must hold one JSON object'],
    ['that is a list', '[]', '.json', 'must hold one JSON object'],
    ['with an unknown preset', '{"preset": "yolov9"}', '.json', 'must be one of yolov3-coco'],
    ['with a preset of every object', '{"preset": "constructor"}', '.json', 'must be one of yolov3-coco'],
  ])('%s', async (_, text, suffix, message) => {
    const config = await fileOf(text, suffix)
    expect(() => configFrom({ config })).toThrow(expect.objectContaining({ name: 'ConfigError', exitCode: 2 }))
    expect(() => configFrom({ config })).toThrow(message)
  })

  it('of 100 MB, without reading it', async () => {
    const config = await fileOf('{}')
    await truncate(config, 100e6)
    expect(() => configFrom({ config })).toThrow('has 100000000 bytes; a configuration has less than 1048576')
  })

  // Such files of the system have something to read, and one of them, kmsg, blocks whoever does.
  it.skipIf(process.platform !== 'linux')('of no bytes, without reading it', () => {
    expect(() => configFrom({ preset: 'yolov3-coco', classes: '/proc/self/status' })).toThrow('status is empty')
  })

  it('that is a folder, or missing', () => {
    expect(() => configFrom({ config: root })).toThrow('is no regular file')
    expect(() => configFrom({ config: join(root, 'none.json') })).toThrow(
      'none.json" cannot be read: there is no such file\n  hint: --config takes a JSON file, or a Darknet .cfg',
    )
    expect(() => configFrom({ preset: 'yolov3-coco', classes: 'abc' })).toThrow(
      '"abc" cannot be read: there is no such file\n  hint: --classes takes a number, or a text file',
    )
    expect(() => configFrom({ anchors: 'abc' })).toThrow('hint: --anchors takes pairs of numbers, or a text file')
  })
})

describe('a value is refused', () => {
  const coco = { preset: 'yolov3-coco' }
  it.each<[string, Parameters<typeof configFrom>[0], string]>([
    ['no class', { ...coco, classes: 0 }, '"classes" must be a whole number from 1 to 100000, got '],
    ['no anchor', { classes: 3, anchors: [] }, '"anchors"'],
    ['an anchor of width 0', { classes: 3, anchors: [[0, 3]], anchorMask: [[0]] }, 'of positive pixels'],
    ['a negative anchor', { classes: 3, anchors: [[1, 2], [3, -3]], anchorMask: [[0]] }, ' at 1'],
    ['an anchor that is no number', { classes: 3, anchors: [[1, Number.NaN]], anchorMask: [[0]] }, '"NaN"] at 0'],
    ['a mask that names no anchor', { ...coco, anchorMask: [[9]] }, 'names anchor 9, but there are 9 (0 to 8)'],
    ['a negative mask', { ...coco, anchorMask: [[-1]] }, '"anchorMask" must '],
    ['masks of unequal length', { ...coco, anchorMask: [[1, 2], [3]] }, 'got 2 and 1'],
    ['a negative threshold', { ...coco, ignoreThresh: -0.1 }, 'must be a number of 0 or more, got '],
  ])('%s', (_, flags, message) => {
    expect(() => configFrom(flags)).toThrow(message)
  }) // biome-ignore format: pairs

  it('one class is legal', () => {
    expect(configFrom({ ...coco, classes: 1 }).config.classes).toBe(1)
  })
})
