import { cp, symlink } from 'node:fs/promises'
import { describe, it } from 'vitest'
import { encodeTensor } from '../../src/onnx/proto/encode.js'
import type { CaseContent } from '../../src/verify/cases/writecase.js'
import { pair, sumBytes } from '../runtime/models.js'
import { write } from '../support/folder.js'
import { writeSum } from '../verify/cases.js'
import { golden, prepare } from './entry.js'
import { bring, workIn } from './place.js'

/** Files that spoil the case of a sum. */
const spoilt = {
  gap: { 'test_data_set_0/input_3.pb': encodeTensor('v', pair(1, 2)) },
  'odd-name': { 'test_data_set_0/label_0.pb': encodeTensor('v', pair(1, 2)) },
  damaged: { 'test_data_set_0/input_0.pb': 'no tensor' },
  'empty-tensor': { 'test_data_set_0/output_0.pb': '' },
  'two-names': { 'test_data_set_0/input_1.pb': encodeTensor('x', pair(1, 2)) },
  'too-many': { 'test_data_set_0/output_1.pb': encodeTensor('', pair(1, 2)) },
  unnamed: { 'test_data_set_0/input_2.pb': encodeTensor('', pair(1, 2)) },
  'other-input': { 'test_data_set_0/input_2.pb': encodeTensor('v', pair(1, 2)) },
  'other-output': { 'test_data_set_0/output_1.pb': encodeTensor('z', pair(1, 2)) },
  'wide-input': { 'test_data_set_0/input_0.pb': encodeTensor('x', pair(1, 2, 3, 4)) },
  'no-tolerance': { 'data.json': { rtol: -1 } },
  'word-tolerance': { 'data.json': { outputs: { y: { atol: 'none' } } } },
  'stray-tolerance': { 'data.json': { outputs: { loss: { rtol: 1 } } } },
  'list-tolerances': { 'data.json': [] },
  'no-json': { 'data.json': '{"rtol": ' },
  'no-object': { 'case.json': '3' },
  'text-model': { 'model.onnx': 'no model\n' },
}

/** Options that make another loss of a configuration, or one that wants other inputs. */
const otherwise = {
  threshold: '--ignore-thresh 0.7',
  classes: '--classes 3',
  anchors: "--anchors '1,2 3,4' --anchor-mask 0,1",
  head: '--graph head',
  double: '--dtype float64',
  summed: '--reduction sum',
  normalizer: '--normalizer',
  rank: '--loss-rank 1',
  weights: '--weights conf=2',
  guard: '--guard',
}

async function writeSpoilt(name: string, files: object, content: Partial<CaseContent> = {}): Promise<void> {
  await writeSum('spoilt', name, content)
  await write(Object.fromEntries(Object.entries(files).map(([file, value]) => [`spoilt/${name}/${file}`, value])))
}

await workIn({ 'none/x': '', 'file.txt': 'text', 'sum.onnx': sumBytes })
await symlink('circle', 'circle')
for (const [name, files] of Object.entries(spoilt)) await writeSpoilt(name, files)
await writeSpoilt('no-inputs', {}, { inputs: [] })
await writeSpoilt('no-outputs', {}, { outputs: [] })
await writeSpoilt('config', { 'case.json': { config: [] } })
await bring('zero-size', 'two-boxes-one-cell')
for (const [name, options] of Object.entries(otherwise))
  await prepare(`export --config zero-size.json ${options} -o ${name}.onnx`)
await cp('fixtures/zero-size', 'other', { recursive: true })
await cp('threshold.onnx', 'other/model.onnx')
await prepare('export --preset yolov3-tiny-voc -o voc.onnx')

describe('a case is refused', () => {
  it('that is spoilt', () => golden('errors/cases', ['verify spoilt', 'verify other']))

  it('that was made for another graph', () =>
    golden('errors/mismatch', [
      ...Object.keys(otherwise).map((name) => `verify ${name}.onnx --fixtures fixtures`),
      'verify voc.onnx --fixtures fixtures',
      'verify voc.onnx --fixtures fixtures/zero-size',
      'diff voc.onnx voc.onnx',
      'eval voc.onnx fixtures/zero-size',
      'eval double.onnx fixtures/zero-size',
      'eval normalizer.onnx fixtures/zero-size',
    ]))

  it('that is not there', () =>
    golden('errors/folders', [
      'verify none',
      'verify nowhere',
      'verify --fixtures nowhere',
      'verify --fixtures none',
      'verify --fixtures file.txt',
      'verify zero-size.json',
      'verify voc.onnx --fixtures nowhere',
      'eval sum.onnx none',
      'eval sum.onnx fixtures/zero-size --set 3',
      'diff sum.onnx sum.onnx --case none',
      'diff sum.onnx sum.onnx --case nowhere',
      'diff sum.onnx sum.onnx --case file.txt',
      'diff sum.onnx sum.onnx --fixtures nowhere',
      'diff none none',
      'diff fixtures/zero-size sum.onnx',
      'record sum.onnx --inputs none -o out',
      'record sum.onnx --inputs nowhere -o out',
      'record sum.onnx --inputs spoilt/damaged -o out',
    ]))

  it('whose path leads through a file, or in a circle', () =>
    golden('errors/paths', [
      'verify file.txt/case',
      'verify --fixtures file.txt/cases',
      'diff file.txt/a sum.onnx',
      'diff sum.onnx file.txt/b',
      'eval sum.onnx file.txt/data.npz',
      'record sum.onnx --inputs file.txt/case -o out',
      'attach file.txt/d.onnx --preset yolov3-coco -o out.onnx',
      'attach sum.onnx --preset yolov3-coco -o file.txt/out.onnx',
      'detach sum.onnx -o file.txt/out.onnx',
      'export --config file.txt/my.json',
      'export --preset yolov3-coco -o file.txt/out.onnx',
      'targets file.txt/boxes --preset yolov3-coco --input 64x64 --lint',
      'verify circle',
      'eval sum.onnx circle',
      'inspect circle',
      'detach sum.onnx -o circle',
    ]))
})
