import { readFile } from 'node:fs/promises'
import { decodeNpz, encodeNpz } from '../../../src/io/arrays/npz.js'
import { Random } from '../../../src/io/random.js'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import { yoloLoss } from '../../../src/reference/oracle.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { tinyConfig } from '../../attach/detector.js'
import { graphBytes } from '../../support/cases.js'
import { yoloLossHere } from '../../support/cli.js'
import { write } from '../../support/folder.js'
import type { Kit, Row } from '../kit.js'

const config = resolveConfig(tinyConfig)
/** Annotations of four images, and two of them for COCO's categories by name. */
const boxes = 'a.jpg 10,10,60,50,1 70,20,90,60,0\nb.jpg 20,30,80,60,1\nc.jpg 8,8,40,50,0\nd.jpg 30,20,90,60,1\n'
const coco = {
  images: ['a', 'b', 'c', 'd'].map((name, id) => ({ id, file_name: `${name}.jpg`, width: 128, height: 128 })),
  annotations: [0, 1, 2, 3].map((image) => ({ image_id: image, category_id: 7 + (image % 2), bbox: [10, 20, 60, 40] })),
  categories: [{ id: 7, name: 'dog' }, { id: 8, name: 'cat' }], // biome-ignore format: one line
}

/** How annotations are read, which `targets` is told in the same words. */
const reading = ['--fit', '--image-size', '--images', '--names', '--skip', '--take']

const annotationsOf = (row: Row): string => ('--names' in row ? 'coco.json' : 'boxes.txt')
const fitted = (row: Row): string[] => reading.flatMap((flag) => (row[flag] === undefined ? [] : [flag, row[flag]]))
const sizeOf = (row: Row): string[] => ('--image-size' in row || '--names' in row ? [] : ['--image-size', '128x128'])

export const evalKit: Kit = {
  command: 'eval',
  base: (row) => {
    const images = imagesIn(row)
    if (!reading.some((flag) => flag in row)) return ['loss.onnx', 'predictions.npz', 'labels.npz']
    return ['loss.onnx', `predictions-${images}.npz`, '--annotations', annotationsOf(row), ...sizeOf(row)]
  },
  samples: {
    '--set': ['0'],
    '--max-unpacked': ['64'],
    '--image-size': ['160x128'],
    '--images': ['.'],
    '--names': ['names.txt'],
    '--skip': ['1'],
    '--take': ['2'],
    '--ep': ['cpu'],
    '--timeout': ['60'],
    '--memory': ['2048'],
  },
  left: { '--annotations': 'stands in every line that has a flag about them' },
  needs: {},
  ways: [{}],
  prepare: async () => {
    await write({ 'tiny.json': tinyConfig, 'names.txt': 'dog\ncat\n', 'boxes.txt': boxes, 'coco.json': coco })
    await write({ 'loss.onnx': graphBytes(tinyConfig) })
    for (const n of [2, 3, 4]) await write({ [`predictions-${n}.npz`]: await predictions(n) })
    await write({ 'predictions.npz': await predictions(4) })
    const made = 'targets boxes.txt --config tiny.json --input 64x96 --image-size 128x128 -o labels.npz'
    await yoloLossHere(made.split(' '))
  },
  check: async (row, stdout) => {
    const labels = reading.some((flag) => flag in row) ? await labelsOf(row) : await arrays('labels.npz')
    const given = await arrays(`predictions-${imagesIn(row)}.npz`)
    const scales = [0, 1]
    const expected = yoloLoss({
      ...config,
      logits: scales.map((l) => given[`y_pred_${l}`]) as never,
      labels: scales.map((l) => labels[`y_true_${l}`]) as never,
    }).loss
    const loss = '--json' in row ? JSON.parse(stdout).outputs.loss : Number(/loss = (.*)/.exec(stdout)?.[1])
    return Math.abs(loss / expected - 1) < 1e-5 ? undefined : `the loss is ${loss}, not ${expected}`
  },
}

const imagesIn = (row: Row): number => ('--take' in row ? 2 : '--skip' in row ? 3 : 4)

async function predictions(images: number): Promise<Uint8Array> {
  const random = new Random(images)
  const named = [[2, 3], [4, 6]].map(([h, w], l) => {
    const shape = [images, h as number, w as number, 21]
    const data = Array.from({ length: shape.reduce((n, x) => n * x) }, () => random.normal(0, 1))
    return { name: `y_pred_${l}`, tensor: float32(shape, data) }
  }) // biome-ignore format: pairs
  return encodeNpz(named)
}

const arrays = async (file: string): Promise<Record<string, Tensor>> =>
  Object.fromEntries(await decodeNpz(await readFile(file), file))

/** The labels that `targets` makes of the same annotations, told the same. */
async function labelsOf(row: Row): Promise<Record<string, Tensor>> {
  const told = [...fitted(row), ...sizeOf(row)]
  await yoloLossHere([
    'targets',
    annotationsOf(row),
    '--config',
    'tiny.json',
    '--input',
    '64x96',
    ...told,
    '-o',
    'own.npz',
  ])
  return arrays('own.npz')
}
