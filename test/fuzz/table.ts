import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { attachLoss } from '../../src/attach/attach.js'
import { detachLoss } from '../../src/attach/detach.js'
import { newHeads } from '../../src/attach/newheads/renew.js'
import { tableOfOne } from '../../src/cli/data/boxes.js'
import { readCocoIds } from '../../src/cli/data/cocoids.js'
import { readBoxes } from '../../src/cli/data/readboxes.js'
import { configFrom } from '../../src/cli/groups/config.js'
import { parseLog } from '../../src/fit/checkpoint.js'
import { readLog } from '../../src/fit/log/read.js'
import { encodeNpy } from '../../src/io/arrays/npy.js'
import { encodeNpz } from '../../src/io/arrays/npz.js'
import { readArrays } from '../../src/io/arrays/read.js'
import { unzipInto } from '../../src/io/arrays/unzip.js'
import { readPixels } from '../../src/io/images/pixels.js'
import { imageSize } from '../../src/io/images/size.js'
import { float32 } from '../../src/io/tensor.js'
import { lintGraph, targets } from '../../src/lint/index.js'
import { encodeModel } from '../../src/onnx/proto/encode.js'
import { readModel } from '../../src/onnx/proto/read.js'
import { lintTraining } from '../../src/train/lint/lint.js'
import { describeStep } from '../../src/train/step/record.js'
import { trainingStep } from '../../src/train/step/step.js'
import { caseConfig } from '../../src/verify/cases/caseconfig.js'
import { readCase } from '../../src/verify/cases/testcase.js'
import { History } from '../../src/view/curve/history.js'
import { curveSvg } from '../../src/view/curve/svg.js'
import { curveText } from '../../src/view/curve/text.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { lintBoxes } from '../../src/yolo/labels/boxlint.js'
import { lossModel } from '../../src/yolo/loss.js'
import { tinyConfig, tinyDetector } from '../attach/detector.js'
import { caseNames } from '../support/cases.js'
import { app, bmp, exif, frame, jpeg, png, pngChunk, riff, tiff, vp8, vp8l, vp8x } from '../support/images.js'
import { picture } from '../support/pictures.js'
import type { Fuzzer } from './hunt.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const here = (path: string): Uint8Array => readFileSync(join(root, path))
const text = (content: unknown): Uint8Array =>
  Buffer.from(typeof content === 'string' ? content : JSON.stringify(content, null, 1))

const tiny = resolveConfig(tinyConfig)
const detector = here('test/attach/tiny-detector.onnx')
const cases = caseNames.slice(0, 3)

/** A reader of one file of a name. */
const ofFile =
  (name: string, read: (path: string) => unknown): Fuzzer['run'] =>
  async (bytes, folder) => {
    await writeFile(join(folder, name), bytes)
    await read(join(folder, name))
  }

/** Boxes as far as lint reads them. */
async function lintFile(path: string): Promise<void> {
  const boxes = await readBoxes(path, { input: [96, 64], imageSize: [96, 64], classNames: ['a', 'b'] })
  for (let image = 0; image < boxes.images; image++) lintBoxes(tableOfOne(boxes, image), [96, 64], tiny)
}

/** What setup-cuda takes out of an archive. */
async function unzipped(path: string): Promise<void> {
  const folder = join(dirname(path), 'unzipped')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder)
  await unzipInto(folder, path, (name) => (basename(name) === 'a.npy' ? { name: 'a.npy', limit: 2 ** 20 } : undefined))
}

/** A case of which one file is replaced. */
const inCase = (file: string): Fuzzer => ({
  name: `case-${file.replace(/.*\//, '').replace('.', '-')}`,
  seeds: async () => cases.map((name) => here(`fixtures/${name}/${file}`)),
  run: async (bytes, folder) => {
    const dir = join(folder, 'case')
    if (!existsSync(dir)) await cp(join(root, 'fixtures', cases[0] as string), dir, { recursive: true })
    await writeFile(join(dir, file), bytes)
    caseConfig((await readCase(dir)).info.config)
  },
})

/** What is drawn of a log, in both ways. */
async function drawn(path: string): Promise<void> {
  const history = new History('trained.jsonl')
  await readLog(path, (line) => history.add(line))
  curveSvg([history, history], 'epoch')
  curveText([history], { columns: 80, braille: true }, 'seconds')
}

const boxes = float32([2, 2, 5], [1, 2, 30, 40, 0, 5, 5, 60, 60, 1, 0, 0, 0, 0, 0, 9, 9, 20, 20, 1])
const coco = {
  info: { year: 2026, tags: [1, [2, { a: null }]] },
  images: [{ id: 7, file_name: 'a.jpg', width: 64, height: 96 }, { id: 2, width: 5, height: 5 }],
  annotations: [{ image_id: 7, category_id: 3, bbox: [1.5, 2, 30, 40], segmentation: [[1, 2, 3, 4]] }],
  categories: [{ id: 3, name: 'a' }, { id: 1, name: 'b' }],
} // biome-ignore format: a table
const cfg = `[net]
width=64
height=96
[convolutional]
filters=21
[yolo]
mask = 0,1,2
anchors = 5,8, 12,9, 17,30
classes=2
num=3
ignore_thresh = .5
`
const voc = `<?xml version="1.0"?>
<annotation>
  <filename>a.jpg</filename>
  <size><width>64</width><height>96</height><depth>3</depth></size>
  <object><name>a</name><difficult>0</difficult><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30.5</xmax><ymax>40</ymax></bndbox></object>
  <object><name>b</name><difficult>1</difficult></object>
  <!-- &amp; --><source><![CDATA[x]]></source>
</annotation>
`

const logStep =
  '{"step":0,"epoch":0,"loss":"NaN","floor":1,"rate":0.1,"seconds":2,"terms":{"xy_0":3},"validation":{"loss":1,"images":4}}'

/** Every reader of text and bytes from outside. */
export const fuzzers: readonly Fuzzer[] = [
  {
    name: 'config',
    seeds: async () => [text(tinyConfig), text({ ...tiny, preset: 'yolov3-tiny-coco', guard: true })],
    run: ofFile('config.json', (config) => configFrom({ config })),
  },
  { name: 'darknet', seeds: async () => [text(cfg)], run: ofFile('net.cfg', (config) => configFrom({ config })) },
  {
    name: 'anchors',
    seeds: async () => [text('5,8, 12,9, 17,30, 33,20, 40,52, 70,60\n')],
    run: ofFile('anchors.txt', (anchors) => configFrom({ anchors, classes: 2 })),
  },
  {
    name: 'classes',
    seeds: async () => [text('cat\ndog\n'), text('\uFEFFa b\r\nc\r\n')],
    run: ofFile('classes.txt', (classes) => configFrom({ preset: 'yolov3-voc', classes })),
  },
  {
    name: 'lines',
    seeds: async () => [text('a.jpg 1,2,30,40,0 5,5,60,60,1\nb.jpg\n'), text('\uFEFFc.png -1,2,3,4,0\r\n\r\n')],
    run: ofFile('train.txt', lintFile),
  },
  {
    name: 'yolo',
    seeds: async () => [text('0 0.5 0.5 0.25 0.4\n1 .1 .2 1e-2 .3\n'), text('\uFEFF1 1 1 0 0\r\n\r\n')],
    run: async (bytes, folder) => {
      const [images, labels] = [join(folder, 'set/images'), join(folder, 'set/labels')]
      for (const made of [images, labels]) await mkdir(made, { recursive: true })
      await writeFile(join(images, 'a.png'), png(96, 64))
      await writeFile(join(labels, 'a.txt'), bytes)
      await lintFile(join(folder, 'set'))
    },
  },
  {
    name: 'voc',
    seeds: async () => [text(voc), text(voc.replace('</size>', '').replace('<size>', ''))],
    run: ofFile('a.xml', lintFile),
  },
  { name: 'coco', seeds: async () => [text(coco), text(JSON.stringify(coco))], run: ofFile('coco.json', lintFile) },
  {
    name: 'boxes',
    seeds: async () => [encodeNpy(boxes), await encodeNpz([{ name: 'boxes', tensor: boxes }])],
    run: ofFile('boxes.npz', lintFile),
  },
  { name: 'npy', seeds: async () => [encodeNpy(boxes)], run: ofFile('a.npy', (path) => readArrays(path)) },
  {
    name: 'npz',
    seeds: async () => [
      await encodeNpz([
        { name: 'a', tensor: boxes },
        { name: 'b', tensor: float32([], [1]) },
      ]),
    ],
    run: ofFile('a.npz', (path) => readArrays(path)),
  },
  inCase('case.json'),
  inCase('data.json'),
  inCase('test_data_set_0/input_0.pb'),
  {
    name: 'inspect',
    seeds: async () => [detector, encodeModel(lossModel(tiny))],
    run: (bytes) => readModel(bytes, 'model.onnx'),
  },
  {
    name: 'lint',
    seeds: async () => [detector, encodeModel(lossModel(tiny))],
    run: (bytes) => {
      for (const target of targets) lintGraph(bytes, target, 'model.onnx')
    },
  },
  {
    name: 'attach',
    seeds: async () => [detector],
    run: (bytes, folder) => attachLoss(bytes, tiny, { file: 'model.onnx', folder }).bytes,
  },
  {
    name: 'new-heads',
    seeds: async () => [detector, tinyDetector({ batch: 1, head: 'flat-hwa' })],
    run: (bytes, folder) => newHeads(bytes, { ...tiny, classes: 3 }, { seed: 1, file: 'model.onnx', folder }).bytes,
  },
  {
    name: 'lint-training',
    seeds: async () => [detector, tinyDetector({ opset: 18, norm: true })],
    run: (bytes, folder) => lintTraining(bytes, { file: 'model.onnx', folder }),
  },
  {
    name: 'step',
    seeds: async () => [detector, tinyDetector({ opset: 18, norm: true })],
    run: (bytes, folder) => {
      const options = { optimizer: 'adam', file: 'model.onnx', folder } as const
      for (const how of [{ newHeads: 1, stepsPerRun: 2 }, { gradientsOnly: true }])
        trainingStep(bytes, { ...tiny, batch: 1, input: [96, 64] }, { ...options, ...how }).bytes
    },
  },
  {
    name: 'inspect-step',
    seeds: async () => [trainingStep(tinyDetector({ batch: 1 }), tiny, { optimizer: 'sgd', only: 'heads' }).bytes],
    run: (bytes) => describeStep(readModel(bytes, 'model.onnx'), 'model.onnx'),
  },
  {
    name: 'detach',
    seeds: async () => [attachLoss(detector, tiny).bytes],
    run: (bytes, folder) => detachLoss(bytes, { file: 'model.onnx', folder }),
  },
  {
    name: 'log',
    seeds: async () => [text(`${JSON.stringify({ settings: { seed: 1, fit: 'letterbox' } })}\n${logStep}\n`)],
    run: (bytes) => parseLog(new TextDecoder().decode(bytes), 'trained.jsonl'),
  },
  {
    name: 'plot',
    seeds: async () => [
      text(`{"settings":{}}\n${logStep}\n${logStep.replace('0', '1')}\n`),
      text(`${logStep}\n{"step":7,`),
    ],
    run: ofFile('trained.jsonl', drawn),
  },
  {
    name: 'ids',
    seeds: async () => [text({ ...coco, images: coco.images.slice(0, 1) })],
    run: ofFile('coco.json', readCocoIds),
  },
  {
    name: 'pixels',
    seeds: async () => [await picture(9, 7, (y, x) => [20 * y, 30 * x, 9])],
    run: ofFile('a.png', (path) => readPixels(path, () => [8, 8])),
  },
  {
    name: 'unzip',
    seeds: async () => [
      await encodeNpz([
        { name: 'lib/a', tensor: boxes },
        { name: 'b', tensor: boxes },
      ]),
    ],
    run: ofFile('wheel.zip', unzipped),
  },
  {
    name: 'image',
    seeds: async () => [
      Buffer.concat([png(64, 96), pngChunk('eXIf', tiff(6, true))]),
      jpeg(app, exif(tiff(6, false)), frame(64, 96)),
      riff(vp8(64, 96)),
      riff(vp8l(64, 96)),
      riff(vp8x(64, 96, 8, tiff(8, true))),
      bmp(64, 96),
    ],
    run: (bytes) => imageSize(bytes, 'a.png'),
  },
]
