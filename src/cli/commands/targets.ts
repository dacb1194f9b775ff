import { join } from 'node:path'
import type { Command } from 'commander'
import type { NamedTensor, Tensor } from '../../io/index.js'
import { encodeNpz, exitCodes, isSameFile, refuse, sizeOf, writeAtomic, writeFolder } from '../../io/index.js'
import { encodeTensor } from '../../onnx/index.js'
import type { BoxFinding, LossConfig } from '../../yolo/index.js'
import {
  assignTargets,
  BoxError,
  boxesName,
  ConfigError,
  coarsestStride,
  lintBoxes,
  ofScale,
} from '../../yolo/index.js'
import { asInput } from '../data/annotated.js'
import { type Boxes, readBoxes } from '../data/boxes.js'
import type { Finish } from '../finish.js'
import { fitting } from '../groups/annotations.js'
import { configFrom, refuseSources } from '../groups/config.js'
import { addFlags, flag, flagsOf, type Given, parted } from '../groups/flag.js'
import { addBoxFlags } from '../groups/lossflags.js'
import { parseSize } from '../groups/parse.js'

type Size = readonly [height: number, width: number]

const flags = flagsOf(
  flag('-o, --output <path>', 'an .npz file, or a folder for y_true_l.pb'),
  flag('--input <HxW>', 'height and width of the network input in pixels, as 416x608', { parse: parseSize }),
  ...fitting,
  flag('--labels <kind>', 'what to write: dense labels, boxes in pixels of the input, or weighted-boxes', {
    choices: ['dense', 'boxes', 'weighted-boxes'],
    default: 'dense',
  }),
  flag('--padding <rule>', 'rows of zeros before boxes: original (as keras-yolo3 misreads them) or anywhere', {
    choices: ['original', 'anywhere'],
    default: 'original',
  }),
  flag('--lint', 'name the boxes that are lost, overwritten, of zero size, out of the image or too many'),
)

const details = `
BOXES is one of
  annotation lines of keras-yolo3   image.jpg x1,y1,x2,y2,class x1,y1,x2,y2,class …
  COCO instances (.json)            classes are its categories in the order of their ids, or --classes FILE
  an array [B,T,5] (.npy, .npz)     rows x1 y1 x2 y2 class in pixels of the network input; [B,T,6] with an objectness

Boxes of lines and COCO are in pixels of their image; they are letterboxed into the input as keras-yolo3 does without
augmentation, cut to whole pixels. Sizes of images come from COCO, from --image-size, or from the PNG and JPEG files.
Writes y_true_0 … as float32 [B,h,w,A,5+C], coarsest scale first, or with --labels boxes the array boxes [B,T,5] that a
graph from boxes takes. With --lint, names every box that would not be
learnt as it stands, and ends with exit code 1 if there is one; no output is needed then.
`

/** Adds `yolo-loss targets`. */
export function addTargets(program: Command, finish: Finish): void {
  const command = program
    .command('targets <boxes>')
    .description('Turn boxes into the labels y_true of the loss, as keras-yolo3 does.')
    .addHelpText('after', details)
  addBoxFlags(addFlags(command, flags)).action(async (file: string, given: Given) => {
    const [{ output, lint, labels, padding, ...reading }, rest] = parted(given, flags)
    const { config, input, classNames } = configFrom(rest)
    const size = checkedSize(reading.input ?? input)
    if (output === undefined && !lint)
      throw new ConfigError('output', 'is missing: give -o FILE.npz, -o FOLDER, or --lint')
    if (output !== undefined && isSameFile(output, file))
      throw new ConfigError('output', `is the file of boxes itself, ${file}`)
    if (output !== undefined) refuseSources([output], rest)
    const boxes = await readBoxes(file, { ...reading, ...(classNames && { classNames }), input: size })
    if (lint && report(lintBoxes(boxes.table, size, config), boxes)) finish(exitCodes.mismatch)
    if (output !== undefined) await write(output, written(labels, boxes, size, { ...config, padding }))
  })
}

function checkedSize(size: Size | undefined): Size {
  if (!size) throw new ConfigError('input', 'is missing: give --input HxW, as 416x416')
  if (size.every((pixels) => pixels % coarsestStride === 0)) return size
  throw new ConfigError('input', `must be multiples of ${coarsestStride}, got ${size.join('×')} (height × width)`)
}

/** What goes into the file, by name. */
function written(labels: LossConfig['labels'], boxes: Boxes, size: Size, config: LossConfig): NamedTensor[] {
  if (labels === 'dense')
    return targetsOf(boxes, size, config).map((tensor, l) => ({ name: ofScale('y_true', l), tensor }))
  return [{ name: boxesName, tensor: asInput(boxes.table, labels, boxes.placeOf(0, 0)) }]
}

/** More would be a data set, not a batch. */
const largestTargets = 2 ** 31

function targetsOf({ table, placeOf }: Boxes, size: Size, config: LossConfig): Tensor<'float32'>[] {
  const [batch = 0] = table.shape
  const cells = config.anchorMask.map((mask, l) => sizeOf(size) * (4 ** l / coarsestStride ** 2) * mask.length)
  const bytes = 4 * batch * cells.reduce((a, b) => a + b) * (5 + config.classes)
  if (bytes > largestTargets) {
    const what = `the labels of ${batch} images have ${bytes} bytes, more than the limit of ${largestTargets}`
    refuse('E_LIMIT', 'targets', what, 'make them in batches, with --skip and --take')
  }
  try {
    return assignTargets(table, size, config)
  } catch (error) {
    if (!(error instanceof BoxError)) throw error
    const remedy = 'correct the box; --lint names all such boxes'
    return refuse('E_BOX', placeOf(error.image, error.row), error.why, remedy, error)
  }
}

/** Prints findings; whether there are any. */
function report(findings: readonly BoxFinding[], { table, placeOf }: Boxes): boolean {
  const other = (image: number, by?: number) => (by === undefined ? '' : ` ${placeOf(image, by)}`)
  const lines = findings.map(
    ({ kind, image, row, what, by }) => `${kind}: ${placeOf(image, row)} ${what}${other(image, by)}`,
  )
  const boxes = new Set(findings.map(({ image, row }) => `${image} ${row}`)).size
  const images = `${table.shape[0]} image${table.shape[0] === 1 ? '' : 's'}`
  process.stdout.write(`${[...lines, `${boxes} odd box${boxes === 1 ? '' : 'es'} in ${images}`].join('\n')}\n`)
  return findings.length > 0
}

async function write(path: string, named: readonly NamedTensor[]): Promise<void> {
  if (path.endsWith('.npz')) await writeAtomic(path, await encodeNpz(named))
  else
    await writeFolder(path, async (output) => {
      for (const { name, tensor } of named) await output.write(join(path, `${name}.pb`), encodeTensor(name, tensor))
    })
  const shapes = named.map(({ name, tensor }) => `${name} [${tensor.shape}]`).join(', ')
  process.stderr.write(`wrote ${path} (${shapes})\n`)
}
