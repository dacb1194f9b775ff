import { describe, it } from 'vitest'
import { golden } from './entry.js'
import { workIn } from './place.js'

const values = {
  '--anchors': ['1,2,3', '1,2', '0,3 --anchor-mask 0', "'1,2 3,-1' --anchor-mask 0", 'none.txt', "''", '1e400,2'],
  '--classes': ['0', '-1', '2.5', '100001', '1e400', '3x', 'none.txt'],
  '--anchor-mask': ['9,8,7', 'x', '0,0', '-1', '0,1/2', '0.5', "''"],
  '--ignore-thresh': ['-0.1', 'x', 'Infinity', 'NaN', "''"],
  '--opset': ['9', '12', '22', '17.5', 'x'],
  '--graph': ['tail', 'heads', "''"],
  '--form': ['dense', 'Compact'],
  '--batch': ['0', '-2', '1.5', 'x'],
  '--input': ['416', '416x', '0x32', '100x128', '4128x32', 'wide'],
  '--max-boxes': ['0', '2.5', 'x'],
  '--layout': ['nwhc', 'flat-hwa'],
  '--dtype': ['float8', 'int32', 'float'],
  '--reduction': ['mean', 'max'],
  '--loss-rank': ['2', '0.5', 'x'],
  '--weights': ['xy', 'xy=1,xy=2', 'xy=x', 'obj=1', 'xy=1=2', 'xy=Infinity', "''"],
  '--for': ['tensorrt', 'torch'],
  '--preset': ['yolov9', 'yolov3', 'constructor', "''"],
}

/** Options that are no configuration, by command. */
const others = [
  'eval a b --ep tpu',
  'eval a b --set -1',
  'eval a b --set 1.5',
  'eval a b --max-unpacked 0',
  'eval a b --timeout x',
  'eval a b --memory -1',
  'inspect --preset yolov3-coco --boxes-per-image 0',
  'inspect --preset yolov3-coco --boxes-per-image 2.5',
  'inspect --preset yolov3-coco --boxes 20',
  'targets a --image-size 192',
  'targets a --fit crop',
  'targets a --skip -1',
  'targets a --take 0',
  'lint a --for tpu',
  'diff a b --ep tpu',
  'diff a b --rtol -1',
  'record a --inputs b -o c --optimization most',
  'attach a -o b --grids 13',
  'attach a -o b --grids 13x13,x',
  'attach a -o b --head-layout chwn',
  'doctor --ep cpu,gpu',
  'verify --rtol -1',
  'verify --rtol loss:',
  'verify --atol y:1e400',
  'verify --atol y:nan',
  'verify --ep cpu,gpu',
  "verify --ep ''",
  'verify --timeout 0',
  'verify --memory x',
  'verify --device-id -1',
  'verify --optimization most',
  'verify --form dense',
]

const wordings = [
  'exprot',
  'xyz',
  '--presett yolov3-coco',
  'export --preset yolov3-coco --opst 17',
  'export --preset yolov3-coco --fixtures x',
  'export --preset',
  'export --preset yolov3-coco --components=yes',
  'export loss.onnx --preset yolov3-coco',
  'export --no-preset',
  'eval',
  'eval loss.onnx',
  'eval a b c',
  'diff a',
  'record',
  'record a -o b',
  'record a --inputs b',
  'targets',
  'attach',
  'attach a',
  'replace a',
  'detach a',
  'detach a -o b --heads c',
  'lint',
  'lint a',
  'inspect a b',
  'setup-cuda --from',
]

/** Rules about options together; two of the static form show only when its tables are planned. */
const pairs = [
  '--anchor-mask 0,1,2/3,4',
  '--anchor-mask 6,7,8/3,4,9/0,1,2',
  '--graph head --components',
  '--graph head-loss --masks',
  '--graph head --diagnostics',
  '--graph head --gradients',
  '--graph head --normalizer',
  '--max-boxes 20',
  '--form loop --max-boxes 20',
  '--form static',
  '--form static --batch 2',
  '--form static --input 64x64',
  '--division-free',
  '--form static --batch 2 --input 64x64 --division-free --ignore-thresh 0',
  '--normalizer --reduction sum',
  '--normalizer --reduction none',
  '--loss-rank 1 --reduction none',
  '--for ort-training --form loop',
  '--for ort-training --dtype float64',
  '--for ort-training --reduction none',
  '--form static --batch 2000 --input 4096x4096',
  '--form static --batch 64 --input 608x608 --max-boxes 5000',
  '--as-function --graph head',
  '--as-function --form loop',
  '--as-function --form static --batch 1 --input 64x64',
  '--as-function --ignore-thresh 0',
  '--as-function --gradients',
  '--batch 9007199254740991 --input 4096x4096',
]

const beside = [
  'export',
  'export --classes 3',
  'export --anchors 1,2,3,4',
  "export --anchors '1,2 3,4' --classes 3",
  "export --anchors '1,2 3,4' --anchor-mask 0,1 --classes 3 --opset 9",
  "export --anchors '1,2 3,4' --anchor-mask 0,1",
  'export --preset yolov3-coco -o - --text',
  'inspect',
  'inspect loss.onnx --classes 3',
  'inspect loss.onnx --preset yolov3-coco',
  'inspect loss.onnx --no-masks',
  'inspect none.onnx --batch 2',
  'targets boxes.txt --preset yolov3-coco',
  'targets boxes.txt --preset yolov3-coco --input 416x416',
  'targets boxes.txt --preset yolov3-coco --lint',
  'targets boxes.txt --preset yolov3-coco --input 100x128 --lint',
  'targets boxes.txt --input 96x128 --lint',
  'attach d.onnx -o out.onnx',
  'attach d.onnx --preset yolov3-coco --for ort-training -o -',
  'attach d.onnx --preset yolov3-coco -o d.onnx',
]

const coco = (options: string): string => `export --preset yolov3-coco ${options}`
const given = ([flag, wrong]: readonly [string, readonly string[]]): string[] =>
  wrong.map((value) => (flag === '--preset' ? `export --preset ${value}` : coco(`${flag} ${value}`)))

await workIn()

describe('options are refused', () => {
  it('with a wrong value', () => golden('errors/values', Object.entries(values).flatMap(given)))
  it('with a wrong value where they are no configuration', () => golden('errors/values-of-commands', others))
  it('that are none', () => golden('errors/wordings', wordings))
  it('that contradict each other', () => golden('errors/conflicts', pairs.map(coco)))
  it('that lack another, or have no place', () => golden('errors/beside', beside))
})
