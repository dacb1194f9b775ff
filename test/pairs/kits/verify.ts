import { cp, readFile } from 'node:fs/promises'
import { decodeNpz, encodeNpz } from '../../../src/io/arrays/npz.js'
import { fixtures } from '../../support/cases.js'
import { yoloLossHere } from '../../support/cli.js'
import { write } from '../../support/folder.js'
import type { Kit, Row } from '../kit.js'
import { evalKit } from './eval.js'

/** Flags about graphs that are built: there is then no graph in the line. */
const built = ['--form', '--opset']

const hasGraph = (row: Row): boolean => !built.some((flag) => flag in row)

export const verifyKit: Kit = {
  command: 'verify',
  base: (row) => {
    const target = hasGraph(row) ? ['loss.onnx'] : []
    const size = row['--annotations'] === 'boxes.txt' && !('--image-size' in row) ? ['--image-size', '128x128'] : []
    return [...target, ...size, ...(hasGraph(row) || '--fixtures' in row ? [] : ['--fixtures', 'cases'])]
  },
  samples: {
    '--preset': ['yolov3-tiny-voc'],
    '--config': ['tiny.json'],
    '--inputs': ['y_pred_0=y_pred_0'],
    '--outputs': ['loss=loss'],
    '--data': ['both.npz', 'predictions-4.npz'],
    '--set': ['0'],
    '--max-unpacked': ['64'],
    '--annotations': ['boxes.txt', 'coco.json'],
    '--image-size': ['160x128'],
    '--images': ['.'],
    '--names': ['names.txt'],
    '--skip': ['0'],
    '--take': ['4'],
    '--fixtures': ['cases'],
    '--only': ['*e*'],
    '--random': ['2'],
    '--seed': ['3'],
    '--keep': ['kept'],
    '--against': ['again.onnx'],
    '--ep': ['cpu'],
    '--opset': ['18'],
    '--timeout': ['60'],
    '--memory': ['2048'],
    '--device-id': ['0'],
    '--rtol': ['1e-4'],
    '--atol': ['loss:1e-4'],
    '--repro': ['repro'],
    '--junit': ['report.xml'],
    '--html': ['report.html'],
  },
  left: { '--thorough': 'takes minutes, and changes how many images there are' },
  needs: {
    '--repro': { '--layerwise': '' },
    '--npz': { '--keep': 'kept' },
    '--annotations': { '--data': 'predictions-4.npz' },
    '--data predictions-4.npz': { '--annotations': 'boxes.txt coco.json' },
    '--names': { '--annotations': 'coco.json' },
    ...Object.fromEntries(
      ['--fit', '--image-size', '--images', '--skip', '--take'].map((flag) => [
        flag,
        { '--annotations': 'boxes.txt coco.json' },
      ]),
    ),
  },
  ways: [{}],
  prepare: async () => {
    await evalKit.prepare()
    await cp(`${fixtures}/two-boxes-one-cell`, 'cases/two-boxes-one-cell', { recursive: true })
    const more = 'export --config tiny.json --components -o'
    for (const file of ['loss.onnx', 'again.onnx']) await yoloLossHere([...more.split(' '), file])
    const both = await Promise.all(
      ['predictions.npz', 'labels.npz'].map(async (file) => decodeNpz(await readFile(file), file)),
    )
    const arrays = both.flatMap((own) => [...own].map(([name, tensor]) => ({ name, tensor })))
    await write({ 'both.npz': await encodeNpz(arrays) })
  },
  // The command is the comparison with the reference; a line that passed says so.
  check: async (row, stdout) => {
    if ('--json' in row) return JSON.parse(stdout).passed > 0 ? undefined : 'nothing passed'
    return /[1-9]\d* passed, 0 failed/.test(stdout) ? undefined : `no verdict in ${stdout.slice(0, 200)}`
  },
}
