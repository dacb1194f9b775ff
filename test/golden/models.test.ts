import { readFile } from 'node:fs/promises'
import { describe, it } from 'vitest'
import { encodeModel, encodeTensor } from '../../src/onnx/proto/encode.js'
import { model, node, pair, sum, sumBytes, value } from '../runtime/models.js'
import { write } from '../support/folder.js'
import { writeSum } from '../verify/cases.js'
import { golden, prepare } from './entry.js'
import { workIn } from './place.js'

const config = (text: string): Uint8Array => encodeModel(sum({ metadata: { 'yolo_loss.config': text } }))

/** Files people take for models, and models that are damaged. */
const files = {
  'text.onnx': 'this is no model\n',
  'empty.onnx': '',
  'page.onnx': '<!doctype html><html>',
  'pointer.onnx': 'version https://git-lfs.github.com/spec/v1\nsize 35511756\n',
  'archive.onnx': Uint8Array.of(0x1f, 0x8b, 8, 0),
  'zip.onnx': Uint8Array.of(0x50, 0x4b, 3, 4),
  'zeros.onnx': new Uint8Array(100),
  'tensor.onnx': encodeTensor('x', pair(1, 2)),
  'cut.onnx': sumBytes.subarray(0, -20),
  'json.onnx': '{"preset": "yolov3-coco"}',
}

const models = {
  'ir.onnx': encodeModel(sum({ irVersion: 99 })),
  'opset.onnx': encodeModel(sum({ opset: 99 })),
  'old.onnx': encodeModel(sum({ opset: 6 })),
  'no-json.onnx': config('{"classes": '),
  'no-object.onnx': config('[]'),
  'no-config.onnx': config('{}'),
  'future.onnx': config('{"preset": "yolov3-coco", "focal": 2}'),
  'unknown.onnx': encodeModel(
    model({ inputs: [value('x', 1, 2)], outputs: [value('y', 1, 2)], nodes: [node('Magic', ['x'], 'y')] }),
  ),
}

await workIn({ ...files, ...models, 'sum.onnx': sumBytes, 'folder.onnx/x': '' })
await writeSum('.', 'case')
await prepare('export --preset yolov3-tiny-voc -o loss.onnx')
await write({ 'cut-loss.onnx': (await readFile('loss.onnx')).subarray(0, 5000) })

const unreadable = [...Object.keys(files), 'cut-loss.onnx', 'none.onnx', 'folder.onnx', 'text.onnx/loss.onnx']

/** Every other command that reads a model. */
const commands = (file: string): string[] => [
  `eval ${file} case`,
  `lint ${file} --for cuda`,
  `diff ${file} sum.onnx --case case`,
  `diff sum.onnx ${file} --case case`,
  `record ${file} --inputs case -o out`,
  `attach ${file} --preset yolov3-tiny-voc -o out.onnx`,
  `replace ${file} --preset yolov3-tiny-voc -o out.onnx`,
  `detach ${file} -o out.onnx`,
]

describe('a model is refused', () => {
  it('by inspect', () =>
    golden(
      'errors/inspect',
      [...unreadable, ...Object.keys(models)].map((file) => `inspect ${file}`),
    ))

  it('by verify', () =>
    golden(
      'errors/verify',
      [...unreadable, 'ir.onnx', 'opset.onnx'].map((file) => `verify ${file} --fixtures case`),
    ))

  it('by what else reads one', () =>
    golden('errors/models', ['text.onnx', 'none.onnx', 'cut-loss.onnx'].flatMap(commands)))

  it('of a version that is too new, or too old for a loss', () =>
    golden('errors/versions', [
      'eval ir.onnx case',
      'lint ir.onnx --for cuda',
      'diff ir.onnx sum.onnx --case case',
      'lint old.onnx --for cuda',
      ...['ir.onnx', 'old.onnx'].flatMap((file) => commands(file).slice(-3)),
    ]))
})
