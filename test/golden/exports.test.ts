import { describe, it } from 'vitest'
import { targets } from '../../src/lint/table.js'
import { sumBytes } from '../runtime/models.js'
import { golden, prepare } from './entry.js'
import { workIn } from './place.js'

const everything = '--components --masks --diagnostics --gradients --guard --weights xy=2,class=0.5'

const exports = [
  '--preset yolov3-coco',
  '--preset yolov3-coco -o loss.onnx --opset 13',
  '--preset yolov3-tiny-coco --anchor-mask 3,4,5/0,1,2 --classes 3 --layout nchw -o loss.onnx',
  "--anchors '1,2 3,4' --anchor-mask 0,1 --classes 2",
  '--preset yolov3-voc --classes names.txt -o loss.onnx',
  '--config small.json --text -o small.onnx',
  '--config small.json --text -o small',
  '--config net.cfg -o loss.onnx',
  '--config net.cfg --form static --batch 2 -o loss.onnx',
  `--preset yolov3-tiny-voc ${everything} -o loss.onnx`,
  '--preset yolov3-tiny-voc --form loop --reduction none -o loss.onnx',
  '--preset yolov3-tiny-voc --form static --batch 1 --input 64x96 --max-boxes 4 --division-free -o loss.onnx',
  '--preset yolov3-tiny-voc --dtype float64 --normalizer --loss-rank 1 -o loss.onnx',
  '--preset yolov3-tiny-voc --dtype float16 --layout nahwc --for ort-training -o loss.onnx',
  '--preset yolov3-tiny-voc --as-function -o loss.onnx',
  '--preset yolov3-tiny-voc --graph head -o loss.onnx',
]

await workIn({
  'small.json': { anchors: [[10, 20]], anchorMask: [[0]], classes: 1, graph: 'head', components: false },
  'switches.json': { preset: 'yolov3-tiny-voc', components: true, masks: true, guard: true },
  'net.cfg':
    '[net]\nheight=96\nwidth=64\n[yolo]\nmask=0,1,2\nanchors=1,2,3,4,5,6\nnum=3\nclasses=4\nignore_thresh=.7\n',
  'names.txt': 'cat\ndog\n',
  'sum.onnx': sumBytes,
})
await prepare(
  'export --preset yolov3-tiny-voc --components -o voc.onnx',
  'export --preset yolov3-tiny-voc --form static --batch 2 --input 96x64 --gradients -o static.onnx',
  'export --config small.json -o head.onnx',
)

describe('graphs', () => {
  it('are exported', () =>
    golden(
      'reports/export',
      exports.map((options) => `export ${options}`),
    ))

  it('are shown', () =>
    golden('reports/inspect', [
      'inspect voc.onnx',
      'inspect voc.onnx --batch 4 --input 320x608 --boxes-per-image 7',
      'inspect static.onnx --batch 9',
      'inspect sum.onnx',
      'inspect sum.onnx --all',
      'inspect sum.onnx --text',
      'inspect head.onnx --text',
      'inspect --config net.cfg --ignore-thresh 0.6 --form static --batch 2',
      'inspect --config switches.json --no-masks --no-guard --classes names.txt',
      'inspect --preset yolov3-openimages --dtype float16 --layout nachw --for ort-training --batch 16 --boxes-per-image 30',
      "inspect --anchors '1,2 3,4' --anchor-mask 0/1 --classes 2 --weights conf=0.5 --reduction none --form loop",
    ]))

  it('are shown in JSON', () =>
    golden('reports/inspect-json', [
      'inspect voc.onnx --json',
      'inspect sum.onnx --json',
      'inspect --preset yolov3-voc --form static --batch 2 --input 64x96 --json',
    ]))

  it.each(targets)('are held against %s', (target) =>
    golden(`reports/lint-${target}`, [
      `lint voc.onnx --for ${target}`,
      `lint static.onnx --for ${target}`,
      `lint sum.onnx --for ${target}`,
      `lint head.onnx --for ${target} --json`,
      `lint sum.onnx --for ${target} --json`,
    ]),
  )
})
