import type { Command } from 'commander'
import { exitCodes, isFolder } from '../../io/index.js'
import type { Progress } from '../../verify/index.js'
import { ConfigError, coarsestStride, type LossConfig } from '../../yolo/index.js'
import type { Boxes } from '../data/boxes.js'
import { arrayNotes } from '../data/datanotes.js'
import { formatsInHelp } from '../data/formats/all.js'
import { lintReport, oddBoxes } from '../data/lintreport.js'
import { readBoxes } from '../data/readboxes.js'
import { type Written, writeLabels } from '../data/writelabels.js'
import { fitting, readNames } from '../groups/annotations.js'
import { configFrom, refuseSources } from '../groups/config.js'
import { addFlags, flag, flagsOf, type Given, grouped, parted } from '../groups/flag.js'
import { examples } from '../groups/help.js'
import { addBoxFlags } from '../groups/lossflags.js'
import { namedFile, refuseOverwriting } from '../groups/overwriting.js'
import { numberFrom, parseCount, parseSize } from '../groups/parse.js'
import { jsonReport } from '../groups/report.js'
import { json } from '../groups/run.js'
import type { Shell } from '../shell.js'

/** MiB of which the bytes are still counted exactly. */
const mostOutput = 2 ** 32

type Size = readonly [height: number, width: number]

const flags = flagsOf(
  ...grouped(
    'Images',
    flag('--input <HxW>', 'height and width of the network input in pixels, as 416x608', { parse: parseSize }),
    ...fitting,
  ),
  ...grouped(
    'Writing',
    flag('-o, --output <path>', 'an .npz file, or a folder for y_true_l.pb'),
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
  ),
  ...grouped(
    'Reporting',
    flag('--lint', 'name the boxes that are lost, overwritten, of zero size, out of the image or too many'),
    json('words'),
  ),
)

const details = `
BOXES is one of
${formatsInHelp.map((line) => `  ${line}`).join('\n')}

Boxes of all but arrays belong to their image; they are letterboxed into the input as keras-yolo3 does without
augmentation, cut to whole pixels. Sizes of images come from COCO and VOC, from --image-size, or from the JPEG, PNG, WebP
and BMP files, turned as their EXIF orientation says.
Writes y_true_0 … as float32 [B,h,w,A,5+C], coarsest scale first, or with --labels boxes the array boxes [B,T,5] that a
graph from boxes takes. With --shard, each file has as many images; whatever would take more than --max-output is refused
before anything is written. With --lint, names every box that would not be learnt as it stands, and ends with exit code 1
if there is one; no output is needed then.
${examples(
  'targets train.txt --preset yolov3-voc --input 416x416 --lint -o labels.npz',
  'targets coco128 --preset yolov3-coco --input 416x416 --labels boxes -o boxes.npz',
  'targets VOC2007 --preset yolov3-voc --input 416x416 --lint --json',
)}`

/** Adds `yolo-loss targets`. */
export function addTargets(program: Command, shell: Shell): void {
  const command = program
    .command('targets <boxes>')
    .description('Turn boxes into the labels y_true of the loss, as keras-yolo3 does.')
    .addHelpText('after', details)
  addBoxFlags(addFlags(command, flags)).action(async (file: string, given: Given) => {
    const [own, rest] = parted(given, flags)
    const { config, input, classNames, notes } = configFrom(rest)
    shell.tell(notes)
    const size = checkedSize(own.input ?? input)
    checkUse(own, file)
    if (own.output !== undefined) refuseSources([own.output], rest)
    refuseOddName(own.output)
    const named = namesFrom(own.names, classNames, shell)
    const progress = shell.progress()
    const boxes = await readBoxes(file, {
      ...own,
      ...(named && { classNames: named }),
      classes: config.classes,
      input: size,
      progress,
      tell: (found) => shell.tell(found),
    })
    shell.tell(arrayNotes(boxes, file, config, size))
    const linted = own.lint ? await lint(boxes, size, config, { ...own, progress }) : undefined
    if (linted?.odd) shell.finish(exitCodes.mismatch)
    const how = { ...own, limit: own.maxOutput * 2 ** 20, size, progress, note: shell.note.bind(shell) }
    const files = await write(boxes, { ...how, config: { ...config, padding: own.padding } })
    if (own.json)
      process.stdout.write(jsonReport({ images: boxes.images, files, ...linted?.report, notes: shell.notes }))
  })
}

/** Names of the classes, of which only one file can tell. */
function namesFrom(
  names: string | undefined,
  ofClasses: readonly string[] | undefined,
  shell: Shell,
): readonly string[] | undefined {
  if (names === undefined) return ofClasses
  if (ofClasses) throw new ConfigError('names', 'is given beside a file of classes, which has the names already')
  return readNames(names, (notes) => shell.tell(notes))
}

type Own = ReturnType<typeof parted<typeof flags>>[0]

function checkUse({ output, lint, shard, names }: Own, file: string): void {
  if (output === undefined && !lint)
    throw new ConfigError('output', 'is missing: give -o FILE.npz, -o FOLDER, or --lint')
  if (output !== undefined) namedFile('output', output)
  refuseOverwriting({ output }, { 'the file of boxes': file, 'the file of names': names })
  if (shard !== undefined && !output?.endsWith('.npz'))
    throw new ConfigError('shard', 'numbers .npz files: give -o NAME.npz')
}

/** @throws ConfigError for the name of a file of another kind, which would become a folder */
function refuseOddName(output = ''): void {
  if (/\.(npy|pb|onnx|json|txt)$/i.test(output) && !isFolder(output))
    throw new ConfigError('output', `is ${output}: name an archive, FILE.npz, or a folder`)
}

/** Names the odd boxes, in words at once or for a report. */
async function lint(
  boxes: Boxes,
  size: Size,
  config: LossConfig,
  { json, progress }: Pick<Own, 'json'> & { readonly progress: Progress },
) {
  if (!json) return { odd: await lintReport(boxes, size, config, progress) }
  const findings = await oddBoxes(boxes, size, config, progress)
  return { odd: findings.length > 0, report: { findings } }
}

type Asked = Omit<Parameters<typeof writeLabels>[1], 'output' | 'shard'> & Pick<Own, 'output' | 'shard'>

async function write(boxes: Boxes, { output, shard, ...how }: Asked): Promise<Written[]> {
  if (output === undefined) return []
  return writeLabels(boxes, { ...how, output, ...(shard !== undefined && { shard }) })
}

function checkedSize(size: Size | undefined): Size {
  if (!size) throw new ConfigError('input', 'is missing: give --input HxW, as 416x416')
  if (size.every((pixels) => pixels % coarsestStride === 0)) return size
  throw new ConfigError('input', `must be multiples of ${coarsestStride}, got ${size.join('×')} (height × width)`)
}
