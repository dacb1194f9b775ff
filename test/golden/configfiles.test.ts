import { truncate } from 'node:fs/promises'
import { describe, it } from 'vitest'
import { write } from '../support/folder.js'
import { golden } from './entry.js'
import { workIn } from './place.js'

/** With masks, without which anchors are counted before they are looked at. */
const base = { preset: 'yolov3-coco', anchorMask: [[0]] }

/** A wrong value of each key, as only a file can hold it. */
const values = {
  anchors: [[], 3, [[1, 2, 3]], [[1, 'x']], [[1, 2], null]],
  anchorMask: [[], [[]], [3], [['0']], 'x'],
  classes: [0, '3', null, [3]],
  ignoreThreshold: [-1, '0.5', true],
  graph: [3, 'tail'],
  form: ['dense', ['static']],
  batch: [0, '2', null],
  input: [[416], '416x416', [416, 100], 416],
  maxBoxes: [0, '20'],
  layout: ['nwhc', 1],
  dtype: ['float8', null],
  for: ['tensorrt', true],
  opset: [12, '17'],
  reduction: ['mean', false],
  normalizer: [1, 'yes'],
  lossRank: [2, '1'],
  weights: [1, { obj: 1 }, { xy: 'a' }, [1, 1, 1, 1]],
  guard: ['no'],
  divisionFree: [0],
  components: ['true'],
  masks: [null],
  diagnostics: [1],
  gradients: [{}],
  preset: [3, 'yolov9', null],
}

/** Texts that are no configuration in JSON. */
const texts = {
  'misspelt.json': '{"preset": "yolov3-coco", "clases": 1}',
  'snake.json': '{"preset": "yolov3-coco", "anchor_mask": []}',
  'other.json': '{"preset": "yolov3-coco", "learning": 1}',
  'inherited.json': '{"preset": "yolov3-coco", "constructor": 3}',
  'prototype.json': '{"__proto__": {"classes": 3}}',
  'twice.json': '{"classes": 3,\n "classes": 4}',
  'list.json': '[]',
  'word.json': '"yolov3-coco"',
  'empty.json': '',
  'cut.json': '{"preset": "yolov3-coco"',
  'comment.json': '{"preset": "yolov3-coco" /* the usual */}',
  'comma.json': '{"preset": "yolov3-coco",}',
  'deep.json': '['.repeat(30),
  'code.js': 'export default { classes: 3 }',
  'lacks-classes.json': '{"anchors": [[1, 2]], "anchorMask": [[0]]}',
  'lacks-masks.json': '{"anchors": [[1, 2]], "classes": 2}',
  'lacks-batch.json': '{"preset": "yolov3-coco", "form": "static", "input": [64, 64]}',
  'lacks-all.json': '{}',
  'clash.json': '{"preset": "yolov3-coco", "reduction": "sum", "normalizer": true}',
}

const yolo = (lines: string, before = ''): string => `${before}[yolo]\nanchors=10,20, 30,40\nmask=0,1\n${lines}`

const darknets = {
  'empty.cfg': '',
  'v2.cfg': '[net]\nwidth=416\n[region]\nanchors=1,2\n',
  'prose.cfg': 'the usual network\n',
  'classes.cfg': yolo('classes=many\n'),
  'no-classes.cfg': yolo('classes=\n'),
  'threshold.cfg': yolo('classes=3\nignore_thresh=-1\n'),
  'twice.cfg': yolo('classes=3\nclasses=4\n'),
  'no-anchors.cfg': '[yolo]\nclasses=3\n',
  'odd.cfg': '[yolo]\nanchors=1,2,3\nclasses=3\n',
  'word.cfg': '[yolo]\nanchors=1,two\nclasses=3\n',
  'num.cfg': yolo('classes=3\nnum=9\n'),
  'differ.cfg': `${yolo('classes=3\n')}${yolo('classes=4\n')}`,
  'filters.cfg': yolo('classes=3\n', '[convolutional]\nfilters=255\n'),
  'route.cfg': yolo('classes=3\n', '[route]\nlayers=-4\n'),
  'stride.cfg': yolo('classes=3\n', '[convolutional]\nstride=8\nfilters=16\n'),
  'giou.cfg': yolo('classes=3\niou_loss=giou\n'),
  'mask.cfg': '[yolo]\nanchors=1,2\nmask=0,1\nclasses=3\n',
  'open.cfg': yolo('classes=3\n'),
}

const lists = {
  'two-lines.txt': '1,2, 3,4\n5,6\n',
  'words.txt': '1,2, three,4\n',
  'odd.txt': '1,2, 3\n',
  'empty.txt': '',
  'gap.txt': 'cat\n\ndog\n',
  'twice.txt': 'cat\ndog\ncat\n',
}

await workIn({ ...texts, ...darknets, ...lists, 'folder.json/x': '', 'huge.json': '{}' })
await truncate('huge.json', 100e6)

describe('a configuration file is refused', () => {
  it('with a wrong value', async () => {
    const lines = Object.entries(values).flatMap(([key, wrong]) =>
      wrong.map(async (value, i) => {
        const file = `${key}-${i}.json`
        await write({ [file]: { ...base, [key]: value } })
        return `export --config ${file}`
      }),
    )
    await golden('errors/file-values', await Promise.all(lines))
  })

  it('that is no configuration', () =>
    golden('errors/files', [
      ...Object.keys(texts).map((file) => `export --config ${file}`),
      'export --config none.json',
      'export --config folder.json',
      'export --config huge.json',
      'export --config misspelt.json --classes 3',
      'inspect --config list.json',
      'targets boxes.txt --config cut.json --input 64x64 --lint',
      'attach d.onnx --config none.json -o out.onnx',
    ]))

  it('of Darknet', () =>
    golden('errors/darknet', [
      ...Object.keys(darknets).map((file) => `inspect --json --config ${file}`),
      'export --config none.cfg',
      'export --config open.cfg --form static --batch 2',
    ]))

  it('that is a list', () =>
    golden('errors/lists', [
      ...['two-lines', 'words', 'odd', 'empty'].map((name) => `export --anchors ${name}.txt --classes 2`),
      ...['gap', 'twice', 'empty'].map((name) => `export --preset yolov3-coco --classes ${name}.txt`),
      'export --anchors folder.json --classes 2',
      'export --preset yolov3-coco --classes folder.json',
    ]))
})
