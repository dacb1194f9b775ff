import { chmod, link, symlink } from 'node:fs/promises'
import { describe, it } from 'vitest'
import { decodeModel, encodeForeign } from '../../src/onnx/proto/codec.js'
import type { GraphProto, TensorProto } from '../../src/onnx/proto/messages.js'
import { tinyConfig, tinyDetector } from '../attach/detector.js'
import { writeSum } from '../verify/cases.js'
import { golden, prepare } from './entry.js'
import { workIn } from './place.js'

/** The tiny detector with an initializer that lies in another file. */
function external(location: string): Uint8Array {
  const model = decodeModel(tinyDetector(), 'model')
  const far = { name: 'far', dims: [4], dataType: 1, dataLocation: 1, externalData: [{ key: 'location', value: location }] } // biome-ignore format: one tensor
  ;(model.graph as GraphProto).initializer.push(far as unknown as TensorProto)
  return encodeForeign(model)
}

await workIn({
  'tiny.json': tinyConfig,
  'coco.json': { preset: 'yolov3-coco' },
  'classes.txt': 'cat\ndog\n',
  'anchors.txt': '1,2, 3,4, 5,6, 7,8, 9,10, 11,12\n',
  'boxes.txt': 'a.jpg 10,20,60,50,1\n',
  'd.onnx': tinyDetector(),
  'far.onnx': external('far.bin'),
  'far.bin': new Uint8Array(16),
  'lost.onnx': external('lost.bin'),
  'up.onnx': external('../far.bin'),
  'elsewhere/far.bin': 'another',
  'read-only.onnx': '',
})
await symlink('coco.json', 'link.json')
await link('d.onnx', 'same.onnx')
await chmod('read-only.onnx', 0o444)
await writeSum('.', 'case')
await prepare('attach d.onnx --config tiny.json -o attached.onnx')

const onto = (output: string): string => `export --preset yolov3-coco -o ${output}`

describe('nothing is overwritten', () => {
  it('that a command reads', () =>
    golden('errors/sources', [
      'export --config coco.json -o coco.json',
      'export --config coco.json -o link.json',
      'export --config link.json -o coco.json',
      'export --preset yolov3-coco --classes classes.txt -o classes',
      'export --preset yolov3-coco --classes classes.txt -o classes.onnx --text',
      'export --anchors anchors.txt --classes 2 -o anchors.txt',
      'targets boxes.txt --config coco.json --input 64x64 --fit none -o coco.json',
      'targets boxes.txt --preset yolov3-coco --input 64x64 --fit none -o boxes.txt',
      'attach d.onnx --config tiny.json -o tiny.json',
      'attach d.onnx --config tiny.json -o d.onnx',
      'attach d.onnx --config tiny.json -o ./elsewhere/../d.onnx',
      'attach d.onnx --config tiny.json -o same.onnx',
      'replace attached.onnx --config tiny.json -o attached.onnx',
      'replace attached.onnx --config tiny.json -o tiny.json',
      'detach attached.onnx -o attached.onnx',
      'attach far.onnx --config tiny.json -o far.bin',
    ]))

  it('without its folder, or where no file can be', () =>
    golden('errors/outputs', [
      ...['elsewhere', 'nowhere/loss.onnx', 'd.onnx/loss.onnx', 'read-only.onnx', '/dev/null'].map(onto),
      onto(`${'x'.repeat(300)}.onnx`),
      onto('elsewhere --text'),
      'attach d.onnx --config tiny.json -o elsewhere',
      'attach d.onnx --config tiny.json -o nowhere/out.onnx',
      'detach attached.onnx -o nowhere/out.onnx',
      'record case/model.onnx --inputs case -o d.onnx',
      'verify case --junit nowhere/report.xml',
    ]))

  it('that lies beside a model', () =>
    golden('errors/external', [
      'attach lost.onnx --config tiny.json -o out.onnx',
      'attach up.onnx --config tiny.json -o out.onnx',
      'attach far.onnx --config tiny.json -o -',
      'attach far.onnx --config tiny.json -o elsewhere/out.onnx',
      'attach far.onnx --config tiny.json -o elsewhere/out.onnx --copy-data',
      'attach far.onnx --config tiny.json -o elsewhere/out.onnx --copy-data --force',
      'attach far.onnx --config tiny.json -o out.onnx',
      'detach out.onnx -o elsewhere/back.onnx',
    ]))
})
