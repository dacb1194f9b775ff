import type { Command } from 'commander'
import { exitCodes, isSameFile } from '../../io/index.js'
import { ConfigError, coarsestStride } from '../../yolo/index.js'
import { lintReport } from '../data/lintreport.js'
import { readBoxes } from '../data/readboxes.js'
import { writeLabels } from '../data/writelabels.js'
import type { Finish } from '../finish.js'
import { fitting } from '../groups/annotations.js'
import { configFrom, refuseSources } from '../groups/config.js'
import { addFlags, flag, flagsOf, type Given, parted } from '../groups/flag.js'
import { addBoxFlags } from '../groups/lossflags.js'
import { numberFrom, parseCount, parseSize } from '../groups/parse.js'
import { progressOn } from '../progress.js'

/** MiB of which the bytes are still counted exactly. */
const mostOutput = 2 ** 32

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
  flag('--shard <n>', 'write files of n images, numbered: NAME-00000.npz, NAME-00001.npz …', { parse: parseCount }),
  flag('--max-output <MiB>', 'refuse to write more, all files together', {
    parse: numberFrom(0.0001, mostOutput),
    default: 4096,
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
graph from boxes takes. With --shard, each file has as many images; whatever would take more than --max-output is refused
before anything is written. With --lint, names every box that would not be learnt as it stands, and ends with exit code 1
if there is one; no output is needed then.
`

/** Adds `yolo-loss targets`. */
export function addTargets(program: Command, finish: Finish): void {
  const command = program
    .command('targets <boxes>')
    .description('Turn boxes into the labels y_true of the loss, as keras-yolo3 does.')
    .addHelpText('after', details)
  addBoxFlags(addFlags(command, flags)).action(async (file: string, given: Given) => {
    const [{ output, lint, labels, padding, shard, maxOutput, ...reading }, rest] = parted(given, flags)
    const { config, input, classNames } = configFrom(rest)
    const size = checkedSize(reading.input ?? input)
    if (output === undefined && !lint)
      throw new ConfigError('output', 'is missing: give -o FILE.npz, -o FOLDER, or --lint')
    if (output !== undefined && isSameFile(output, file))
      throw new ConfigError('output', `is the file of boxes itself, ${file}`)
    if (shard !== undefined && !output?.endsWith('.npz'))
      throw new ConfigError('shard', 'numbers .npz files: give -o NAME.npz')
    if (output !== undefined) refuseSources([output], rest)
    const progress = progressOn()
    const boxes = await readBoxes(file, { ...reading, ...(classNames && { classNames }), input: size, progress })
    if (lint && (await lintReport(boxes, size, config, progress))) finish(exitCodes.mismatch)
    if (output === undefined) return
    const limit = maxOutput * 2 ** 20
    const how = { output, labels, size, config: { ...config, padding }, limit, progress }
    await writeLabels(boxes, { ...how, ...(shard !== undefined && { shard }) })
  })
}

function checkedSize(size: Size | undefined): Size {
  if (!size) throw new ConfigError('input', 'is missing: give --input HxW, as 416x416')
  if (size.every((pixels) => pixels % coarsestStride === 0)) return size
  throw new ConfigError('input', `must be multiples of ${coarsestStride}, got ${size.join('×')} (height × width)`)
}
