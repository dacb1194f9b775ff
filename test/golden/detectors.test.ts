import { readFile } from 'node:fs/promises'
import { describe, it } from 'vitest'
import { decodeModel, encodeForeign } from '../../src/onnx/proto/codec.js'
import { encodeModel } from '../../src/onnx/proto/encode.js'
import type { GraphProto } from '../../src/onnx/proto/messages.js'
import { type TinyOptions, tinyConfig, tinyDetector } from '../attach/detector.js'
import { body, model, node, pair, value } from '../runtime/models.js'
import { type Files, write } from '../support/folder.js'
import { golden, prepare } from './entry.js'
import { workIn } from './place.js'

const detectors: Readonly<Record<string, TinyOptions>> = {
  d: {},
  eleven: { opset: 11, irVersion: 8 },
  nineteen: { opset: 19, irVersion: 9 },
  flat: { head: 'flat-ahw' },
  sigmoid: { head: 'sigmoid' },
  float16: { head: 'float16' },
  square: { size: [21 * 32, 21 * 32] },
  empty: { batch: 0 },
  three: { batch: 3 },
  open: { size: ['H', 'W'] },
  evil: { names: ['a\u001b[31m\u202eb', 'fine'] },
  boxes: { image: 'boxes', names: ['boxes_refused', 'fine'] },
}

const { anchors, anchorMask } = tinyConfig
const configs: Files = {
  'tiny.json': tinyConfig,
  'static.json': { ...tinyConfig, form: 'static', batch: 1, input: [96, 64] },
  'one.json': { ...tinyConfig, anchorMask: [[3, 4, 5]] },
  'two.json': { ...tinyConfig, anchors: anchors.slice(0, 4), anchorMask: [[2, 3], [0, 1]] }, // biome-ignore format: short
  'three.json': { ...tinyConfig, anchorMask: [...anchorMask, [0, 2, 4]] },
}

const part = { inputs: [value('x', 1, 2)], outputs: [value('y', 1, 2)], nodes: [node('Relu', ['x'], 'y')] }
const { nodes } = part
const plain = { name: 'c', tensor: pair(1, 2) }

/** Graphs that contradict themselves. */
const broken = {
  'no-head': part,
  dangling: { ...part, nodes: [...nodes, node('Relu', ['nowhere'], 'r')] },
  disordered: { ...part, nodes: [node('Relu', ['y'], 'r'), ...nodes] },
  twice: { ...part, nodes: [...nodes, node('Neg', ['x'], 'y')] },
  shadow: { ...part, initializers: [{ ...plain, name: 'y' }] },
  constants: { ...part, initializers: [plain, plain] },
  inputs: { ...part, inputs: [value('x', 1, 2), value('x', 1, 2)] },
  orphan: { ...part, outputs: [value('ghost', 1, 2)] },
  stranger: { ...part, nodes: [{ ...(nodes[0] as object), domain: 'their.own' } as never] },
}

const attach = (detector: string, options = ''): string =>
  `attach ${detector}.onnx --config tiny.json -o out.onnx${options === '' ? '' : ` ${options}`}`

const heads = [
  attach('d', '--classes 3'),
  attach('d', '--classes 3 --heads coarse,fine'),
  'attach d.onnx --config two.json -o out.onnx',
  'attach d.onnx --config one.json -o out.onnx',
  'attach d.onnx --config one.json -o out.onnx --heads fine',
  'attach d.onnx --config three.json -o out.onnx',
  'attach d.onnx --preset yolov3-coco -o out.onnx',
  attach('d', '--heads coarse'),
  attach('d', '--heads coars,fine'),
  attach('d', '--heads nothing,fine'),
  attach('d', '--heads coarse,coarse'),
  attach('d', '--heads image,fine'),
  attach('d', "--heads ''"),
  attach('d', '--head-layout nhwc'),
  attach('d', '--grids 3x2'),
  attach('flat'),
  attach('flat', '--heads coarse,fine'),
  attach('flat', '--grids 3x3,6x6'),
  attach('flat', '--grids 3x3,6x6 --head-layout flat-ahw'),
  attach('square'),
  attach('sigmoid'),
  attach('sigmoid', '--classes 3 --heads coarse,fine'),
  attach('empty'),
  attach('open', '--heads fine,coarse'),
  attach('no-head'),
]

const options = [
  attach('d', '--graph head'),
  attach('d', '--graph targets --input 96x64'),
  attach('d', '--opset 17'),
  attach('d', '--opset 13'),
  attach('d', '--as-function'),
  attach('d', '--form static'),
  attach('three', '--batch 4'),
  attach('d', '--form static --batch 1 --input 416x416'),
  attach('d', '--input 64x96'),
  attach('eleven', '--form static --batch 1 --input 96x64'),
  attach('eleven', '--as-function'),
  attach('nineteen', '--as-function --form loop'),
  attach('nineteen', '--as-function --ignore-thresh 0'),
  attach('nineteen', '--as-function --graph head'),
  attach('nineteen', '--as-function --gradients'),
  attach('d', '--for ort-training --form loop'),
  attach('d', '--for tensorrt'),
  attach('d', '--max-boxes 5'),
  attach('half', '--rewrite-resize'),
  attach('old'),
  attach('new'),
  attach('attached'),
  attach('loss'),
]

const contradictions = ['dangling', 'disordered', 'twice', 'shadow', 'constants', 'inputs', 'orphan', 'stranger']

/** The tiny detector as if it were of another opset. */
function ofOpset(version: number): Uint8Array {
  const detector = decodeModel(tinyDetector(), 'model')
  Object.assign(detector.opsetImport[0] as object, { version })
  return encodeForeign(detector)
}

/** The tiny detector with a Resize that does not repeat whole pixels. */
function halfPixels(): Uint8Array {
  const detector = decodeModel(tinyDetector(), 'model')
  const resize = (detector.graph as GraphProto).node.find((n) => n.opType === 'Resize')
  for (const attribute of resize?.attribute ?? []) if (attribute.name === 'mode') attribute.s = Buffer.from('linear')
  return encodeForeign(detector)
}

/** An attached loss one of whose nodes was changed, and one whose record was. */
async function changed(): Promise<Files> {
  const attached = decodeModel(await readFile('attached.onnx'), 'model')
  const record = attached.metadataProps.find((p) => p.key === 'yolo_loss.attached')
  const sub = (attached.graph as GraphProto).node.findLast((n) => n.opType === 'Sub')
  if (!record || !sub) throw new Error('no loss is attached')
  const was = { value: record.value, input: sub.input }
  sub.input = [...sub.input].reverse()
  const moved = encodeForeign(attached)
  Object.assign(sub, { input: was.input })
  record.value = '{"version": 2}'
  return { 'moved.onnx': moved, 'record.onnx': encodeForeign(attached) }
}

await workIn({ ...configs, 'half.onnx': halfPixels(), 'old.onnx': ofOpset(10), 'new.onnx': ofOpset(23) })
for (const [name, of] of Object.entries(detectors)) await write({ [`${name}.onnx`]: tinyDetector(of) })
for (const [name, of] of Object.entries(broken)) await write({ [`${name}.onnx`]: encodeModel(model(body(of))) })
await prepare('export --config tiny.json -o loss.onnx', 'attach d.onnx --config tiny.json -o attached.onnx')
await write(await changed())

describe('attach', () => {
  it('refuses heads', () => golden('errors/heads', heads))
  it('refuses options, and versions', () => golden('errors/attach', options))
  it('refuses graphs that contradict themselves', () =>
    golden(
      'errors/contradictions',
      contradictions.map((name) => attach(name)),
    ))

  it('is undone only where it was done', () =>
    golden(
      'errors/detach',
      ['d', 'loss', 'moved', 'record', 'none'].flatMap((name) => [
        `detach ${name}.onnx -o out.onnx`,
        `replace ${name}.onnx --config tiny.json -o out.onnx`,
      ]),
    ))

  it('tells heads, inputs, outputs and size', () =>
    golden('reports/attach', [
      attach('d'),
      attach('d', '--components --masks'),
      attach('d', '--only-loss --gradients'),
      attach('d', '--form static --batch 1 --input 96x64'),
      attach('nineteen', '--as-function'),
      attach('flat', '--grids 3x2,6x4'),
      attach('float16', '--rewrite-resize'),
      attach('open'),
      attach('evil'),
      attach('sigmoid', '--heads head0/Conv,head1/Conv'),
      attach('d', '--labels boxes'),
      attach('d', '--labels weighted-boxes --form static --batch 1 --input 96x64 --max-boxes 20'),
      attach('nineteen', '--labels boxes --as-function --only-loss'),
      attach('boxes', '--labels boxes'),
      attach('d', '--for ort-training --only-loss'),
      attach('d', '--for ort-training --rewrite-resize'),
      'replace attached.onnx --config tiny.json --ignore-thresh 0.7 -o replaced.onnx',
      'replace attached.onnx --config static.json -o replaced.onnx',
      'replace attached.onnx --config tiny.json --labels boxes -o replaced.onnx',
      'replace attached.onnx --config tiny.json --for ort-training -o replaced.onnx',
      'replace attached.onnx --config tiny.json --classes 3 -o replaced.onnx',
      'detach attached.onnx -o back.onnx',
      'inspect attached.onnx',
    ]))
})
