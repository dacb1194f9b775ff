import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeNpz, float32, type NamedTensor, namesBelow, Random, sizeOf } from '../../../src/io/index.js'
import { presets } from '../../../src/yolo/index.js'
import { tinyConfig } from '../../attach/detector.js'
import { configOf, graphBytes, readFixture } from '../../support/cases.js'
import { yoloLossHere } from '../../support/cli.js'
import { plant } from '../../support/faults.js'
import { scenesOf } from '../../support/pictures.js'
import { repository } from '../package/shell.js'
import { dataSet, config as trained } from '../training/dataset.js'
import { body, detector } from '../training/detector.js'
import { oddBatch } from './batch.js'
import { archive, type Files, firstPage, logits, three } from './first.js'

/** What the commands of a page find in the folder where they are run. */
export type Stage = () => Files | Promise<Files>

/** A preset as Darknet writes it. */
function darknetFile({ anchors, anchorMask, classes, ignoreThreshold }: (typeof presets)['yolov3-openimages']): string {
  const all = `anchors=${anchors.join()}\nnum=${anchors.length}\nclasses=${classes}\nignore_thresh=${ignoreThreshold}`
  return ['[net]\nwidth=608\nheight=608', ...anchorMask.map((mask) => `[yolo]\nmask=${mask.join()}\n${all}`)].join('\n')
}

/** The inputs of a committed case, of some name. */
async function inputsOf(name: string, pattern: RegExp): Promise<NamedTensor[]> {
  const { dataSets } = await readFixture(name)
  return (dataSets[0]?.inputs ?? []).filter(({ name }) => pattern.test(name)) as NamedTensor[]
}

/** Logits of four images at 64 pixels. */
function heads(seed: number): NamedTensor[] {
  const random = new Random(seed)
  return trained.anchorMask.map((mask, l) => {
    const shape = [4, 2 ** (l + 1), 2 ** (l + 1), mask.length * (5 + trained.classes)]
    return { name: `y_pred_${l}`, tensor: float32(shape, Float32Array.from({ length: sizeOf(shape) }, () => random.normal(-1, 1))) } // biome-ignore format: one row
  })
}

/** The cases that the first blocks of their page make; those of other tags begin with them. */
async function keptCases(): Promise<Files> {
  const folder = await mkdtemp(join(tmpdir(), 'yolo-loss-kit-'))
  const [loss, kit] = [join(folder, 'loss.onnx'), join(folder, 'kit')]
  try {
    await writeFile(loss, graphBytes({ ...three, components: true, masks: true, gradients: true }))
    await yoloLossHere(['verify', loss, '--keep', kit, '--npz'])
    const names = namesBelow(kit)
    return Object.fromEntries(
      await Promise.all(names.map(async (name) => [`kit/${name}`, await readFile(join(kit, name))])),
    )
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** By page: the files its blocks start from. */
export const stages: Readonly<Record<string, Stage>> = {
  'README.md': firstPage,
  'src/yolo/README.md': async () => ({
    'yolov3-openimages.cfg': darknetFile(presets['yolov3-openimages']),
    'batch.npz': await encodeNpz(oddBatch()),
  }),
  'src/yolo/labels/README.md': async () => ({
    'train.txt': 'a.jpg 30,20,100,90,3 20,30,335,470,5 10,20,340,480,8\nb.jpg 40,60,120,60,1',
    'val.txt': 'c.jpg 30,20,100,90,3 20,30,335,470,5\nd.jpg 40,60,120,160,1',
    'predictions.npz': await logits(75),
  }),
  'src/verify/README.md': async () => {
    const loss = graphBytes({ ...configOf(await readFixture('non-square')), components: true, masks: true })
    return {
      'loss.onnx': loss,
      'other.onnx': loss,
      'faulty.onnx': plant(loss, 'objects/wh/Sub', 'swapped operands') as Uint8Array,
      'wrong.onnx': plant(loss, 'ignore/iou/Max_1', 'a changed constant') as Uint8Array,
      'batch.npz': await encodeNpz(await inputsOf('non-square', /./)),
      'predictions.npz': await encodeNpz(await inputsOf('non-square', /pred/)),
      'labels.npz': await encodeNpz(await inputsOf('non-square', /true/)),
    }
  },
  'fixtures/README.md': keptCases,
  'src/attach/README.md': async () => ({
    'detector.json': tinyConfig,
    'other.json': { ...tinyConfig, ignoreThreshold: 0.7 },
    'detector.onnx': await readFile(join(repository, 'test/attach/tiny-detector.onnx')),
  }),
  'src/notes/README.md': async () => ({
    'loss.onnx': graphBytes(configOf(await readFixture('non-square'))),
    'batch.npz': await encodeNpz(await inputsOf('non-square', /./)),
  }),
  'src/fit/README.md': async () => ({
    'boxes.json': trained,
    'detector.onnx': detector(),
    ...(await scenesOf('train', 12, trained.classes, 1)).files,
    ...(await scenesOf('held', 8, trained.classes, 2)).files,
  }),
  'src/view/README.md': async () => {
    const { files } = await scenesOf('train', 4, trained.classes, 1)
    const boxes = { name: 'boxes', tensor: float32([4, 1, 5], [8, 8, 40, 50, 0, 9, 20, 30, 44, 1, 2, 2, 20, 22, 2, 30, 9, 60, 41, 0]) } // biome-ignore format: one row
    const { anchors, anchorMask, classes } = trained
    const plain = { anchors, anchorMask, classes }
    return {
      ...files,
      'boxes.json': plain,
      'loss.onnx': graphBytes({ ...plain, labels: 'boxes', gradients: true, masks: true }),
      'predictions.npz': await encodeNpz(heads(1)),
      'other.npz': await encodeNpz(heads(2)),
      'batch.npz': await encodeNpz([...heads(1), boxes]),
    }
  },
  'src/train/README.md': async () => {
    const { images, labels } = await dataSet(1)
    return {
      'boxes.json': trained,
      'detector.onnx': detector(),
      'backbone.onnx': body(),
      'batch.npz': await archive({ image: images, ...Object.fromEntries(labels.map((y, l) => [`y_true_${l}`, y])) }),
    }
  },
}
