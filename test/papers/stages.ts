import { symlinkSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeNpz, type Tensor } from '../../src/io/index.js'
import { trainingStep } from '../../src/train/index.js'
import { presets, resolveConfig } from '../../src/yolo/index.js'
import { tinyConfig } from '../attach/detector.js'
import { root } from '../house/source.js'
import { dataSet, config as trained } from '../others/training/dataset.js'
import { detector } from '../others/training/detector.js'
import { configOf, fixtures, graphBytes, readFixture } from '../support/cases.js'
import { plant } from '../support/faults.js'
import type { Files } from '../support/folder.js'
import { oddBatch } from './batch.js'
import { paper } from './markdown.js'

/** What the commands of a page find in the folder where they are run. */
export type Stage = () => Files | Promise<Files>

/** The configuration that the page of the loss shows. */
export const shownConfig = (): object =>
  JSON.parse(paper('src/yolo/README.md').blocks.find(({ language }) => language === 'json')?.text ?? '')

/** A configuration that no preset and no fixture has. */
export const threeClasses = {
  anchors: [
    [12, 18],
    [30, 44],
    [61, 80],
    [100, 70],
    [140, 160],
    [210, 190],
  ],
  classes: 3,
}

/** A preset as Darknet writes it. */
function darknetFile({ anchors, anchorMask, classes, ignoreThreshold }: (typeof presets)['yolov3-openimages']): string {
  const all = `anchors=${anchors.join()}\nnum=${anchors.length}\nclasses=${classes}\nignore_thresh=${ignoreThreshold}`
  return ['[net]\nwidth=608\nheight=608', ...anchorMask.map((mask) => `[yolo]\nmask=${mask.join()}\n${all}`)].join('\n')
}

/** By page: the files its commands start from. */
export const stages: Readonly<Record<string, Stage>> = {
  'src/yolo/README.md': async () => {
    symlinkSync(fixtures, 'fixtures')
    return {
      'my.json': shownConfig(),
      'yolov3-openimages.cfg': darknetFile(presets['yolov3-openimages']),
      'batch.npz': await encodeNpz(oddBatch()),
    }
  },
  'src/yolo/labels/README.md': () => ({
    'train.txt': 'a.jpg 30,20,100,90,3 20,30,335,470,5 10,20,340,480,8\nb.jpg 40,60,120,60,1',
  }),
  'src/verify/README.md': async () => {
    symlinkSync(fixtures, 'fixtures')
    const loss = graphBytes({ ...configOf(await readFixture('non-square')), components: true, masks: true })
    return {
      'three.json': threeClasses,
      'loss.onnx': loss,
      'faulty.onnx': plant(loss, 'objects/wh/Sub', 'swapped operands') as Uint8Array,
      'wrong.onnx': plant(loss, 'ignore/iou/Max_1', 'a changed constant') as Uint8Array,
    }
  },
  'src/attach/README.md': async () => ({
    'detector.json': tinyConfig,
    'detector.onnx': await readFile(join(root, 'test/attach/tiny-detector.onnx')),
  }),
  'src/train/README.md': () => ({ 'boxes.json': trained, 'detector.onnx': detector() }),
}

/** By page: the files its programs start from. */
export const programStages: Readonly<Record<string, Stage>> = {
  'src/train/README.md': async () => {
    const { images, labels } = await dataSet(1)
    const config = resolveConfig(trained as never)
    const step = trainingStep(detector(), config, { optimizer: 'sgd' })
    const named = (tensors: Readonly<Record<string, Tensor>>) =>
      encodeNpz(Object.entries(tensors).map(([name, tensor]) => ({ name, tensor })))
    const batch = { image: images, ...Object.fromEntries(labels.map((y, l) => [`y_true_${l}`, y])) }
    return { 'step.onnx': step.bytes, 'step.npz': await named(step.initial()), 'batch.npz': await named(batch) }
  },
}

/** Commands that show what only a certain machine has, and which. */
export const elsewhere: Readonly<Record<string, string>> = {
  'verify --ep cpu,webgpu': 'a driver for WebGPU: npm run test:webgpu',
  doctor: 'whatever the machine has or lacks',
}
