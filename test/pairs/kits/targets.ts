import { readFile } from 'node:fs/promises'
import { decodeNpz } from '../../../src/io/arrays/npz.js'
import type { Tensor } from '../../../src/io/tensor.js'
import { assignBoxes } from '../../../src/reference/assign.js'
import type { LossConfig } from '../../../src/yolo/config/config.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { tinyConfig } from '../../attach/detector.js'
import { yoloLossHere } from '../../support/cli.js'
import { write } from '../../support/folder.js'
import { completed, type Kit, type Row, spelled } from '../kit.js'

const boxes = 'a.jpg 10,10,60,50,1 70,20,90,60,0\nb.jpg 20,30,80,60,1\nc.jpg 8,8,40,50,0\nd.jpg 30,20,90,60,1\n'

export const targetsKit: Kit = {
  command: 'targets',
  base: (row) => [
    'boxes.txt', '--config', 'tiny.json', '-o', '--shard' in row ? 'out-.npz' : 'out.npz',
    ...('--input' in row ? [] : ['--input', '64x96']), ...('--image-size' in row ? [] : ['--image-size', '128x128']),
  ], // biome-ignore format: a list
  samples: {
    '--preset': ['yolov3-tiny-voc'],
    '--anchors': ['5,8,12,9,17,30,33,20,40,52,70,61'],
    '--classes': ['3'],
    '--anchor-mask': ['5,4,3/2,1,0'],
    '--input': ['96x64'],
    '--image-size': ['160x128'],
    '--images': ['.'],
    '--names': ['names.txt'],
    '--skip': ['1'],
    '--take': ['2'],
    '--shard': ['1'],
    '--max-output': ['1'],
  },
  left: { '--config': 'stands in every line', '--output': 'stands in every line' },
  needs: {},
  ways: [{}],
  prepare: () => write({ 'tiny.json': tinyConfig, 'names.txt': 'dog\ncat\n', 'boxes.txt': boxes }),
  check: async (row) => {
    const config = configOf(row)
    const written = await arraysOf(row)
    if (row['--labels'] !== undefined) return written.boxes ? undefined : `no boxes in ${Object.keys(written)}`
    // The boxes of the same images, which the reference makes labels of.
    const { '--lint': _, '--json': __, '--shard': ___, ...same } = row
    const plain = { ...same, '--labels': 'boxes' }
    const base = ['targets', ...targetsKit.base(plain).map((word) => (word === 'out.npz' ? 'boxes.npz' : word))]
    const { code } = await yoloLossHere([...base, ...spelled(completed(targetsKit, plain)).split(' ')])
    const [height, width] = (row['--input'] ?? '64x96').split('x').map(Number) as [number, number]
    const given = Object.fromEntries(await decodeNpz(await readFile('boxes.npz'), 'boxes.npz')).boxes as Tensor
    const { labels } = assignBoxes({ ...config, input: { height, width }, boxes: given as Tensor<'float32'> })
    const wrong = labels.findIndex(({ data }, l) => !same32(written[`y_true_${l}`], data, row))
    return code === 0 && wrong < 0 ? undefined : `y_true_${wrong} is not the reference's`
  },
}

/** Labels of the first image alone where each has a file. */
const same32 = (tensor: Tensor | undefined, data: ArrayLike<number>, row: Row): boolean =>
  tensor !== undefined &&
  ('--shard' in row || tensor.data.length === data.length) &&
  tensor.data.every((x: unknown, i: number) => x === data[i])

async function arraysOf(row: Row): Promise<Record<string, Tensor>> {
  const file = '--shard' in row ? 'out--00000.npz' : 'out.npz'
  return Object.fromEntries(await decodeNpz(await readFile(file), file))
}

function configOf(row: Row): LossConfig {
  const asked: Record<string, unknown> = { ...tinyConfig }
  if (row['--anchors']) asked.anchors = [[5, 8], [12, 9], [17, 30], [33, 20], [40, 52], [70, 61]] // biome-ignore format: pairs
  if (row['--anchor-mask']) asked.anchorMask = [[5, 4, 3], [2, 1, 0]] // biome-ignore format: pairs
  if (row['--classes']) asked.classes = 3
  return resolveConfig({ ...asked, labels: 'boxes', padding: row['--padding'] ?? 'original' })
}
