import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { checkTarget } from '../../attach/index.js'
import {
  differing,
  logBeside,
  type OpenStep,
  openStep,
  readCheckpoint,
  type Settings,
  stepIn,
  train,
} from '../../fit/index.js'
import { exitCodes, quoted, readArrays, readBytes, refuse } from '../../io/index.js'
import { notesOnImages } from '../../notes/index.js'
import { ConfigError } from '../../yolo/index.js'
import { allBoxes } from '../data/annotated.js'
import type { Boxes } from '../data/boxes.js'
import { Diary, type Progressed } from '../data/diary.js'
import { readBoxes } from '../data/readboxes.js'
import { settingsOf } from '../data/settings.js'
import { valuesBeside } from '../data/values.js'
import { interruptible } from '../endable.js'
import { readNames } from '../groups/annotations.js'
import { type FitFlags, fitFlags, trainingOf } from '../groups/fitflags.js'
import { addFlags } from '../groups/flag.js'
import { examples } from '../groups/help.js'
import { refuseOverwriting } from '../groups/overwriting.js'
import { jsonReport } from '../groups/report.js'
import type { Shell } from '../shell.js'

const details = `
STEP is what attach --train wrote; what it begins with lies beside it. Images are letterboxed as keras-yolo3 does without
augmentation, and shuffled anew in each epoch. Every --checkpoint-every steps, at the end and after Ctrl-C, all that is
needed to go on lies beside the output: FILE.npz with the weights and all that belongs to them, FILE.jsonl with a line for
each step. A training that was resumed gives the same bits as one that was not cut off.
${examples(
  'fit step.onnx --annotations train.txt --epochs 30 -o trained.onnx',
  'fit step.onnx --images images --annotations coco.json --max-steps 2000 --warmup 100 -o trained.onnx',
  'fit step.onnx --annotations data --epochs 30 --validation held-out -o trained.onnx',
)}`

/** Adds `yolo-loss fit`. */
export function addFit(program: Command, shell: Shell): void {
  const command = program
    .command('fit <step>')
    .description('Train a detector: run its training step on images and boxes.')
    .addHelpText('after', details)
  addFlags(command, fitFlags).action((file: string, flags: FitFlags) => fitFrom(file, flags, shell))
}

async function fitFrom(file: string, flags: FitFlags, shell: Shell): Promise<void> {
  const { output } = flags
  const values = valuesBeside(output)
  checkTargets(file, values, flags)
  const step = openStep(await readBytes(file), file)
  const [data, held] = [await trainedOn(step, flags, shell), await heldOut(step, flags, shell)]
  refuseImages(output, values, [data, held])
  shell.tell(notesOnImages({ place: (flags.annotations ?? []).join(', '), images: data.images, boxes: boxesIn(data) }))
  if (flags.ema && !step.carried.some((name) => name.startsWith('ema/')))
    throw new ConfigError('ema', `finds no averages in ${quoted(file)}: attach with --ema`)
  const training = trainingOf(flags, data.images, step)
  const settings = settingsOf(training, step, data)
  const began = await beginning(file, values, settings, flags)
  const diary = new Diary({ step, settings, training, held, flags, values, shell }, began)
  const interrupted = await interruptible(async (stopped) => {
    const last = await train(step, began.values, data, training, diary.watch(stopped), diary.place)
    await diary.close(last)
    return stopped()
  })
  if (interrupted) shell.finish(exitCodes.interrupted)
  if (flags.json) process.stdout.write(jsonReport({ ...diary.report(data.images), notes: shell.notes }))
}

/** @throws ConfigError for outputs that would destroy what is read, or an old checkpoint */
function checkTargets(
  file: string,
  values: string,
  { output, resume, force, annotations, validation, names, ...flags }: FitFlags,
): void {
  if (output === '-') throw new ConfigError('output', 'is stdout, but a training has three files: name a file')
  checkTarget(file, output, [], {})
  const sources = { 'the step': file, 'what the step begins with': valuesBeside(file) }
  refuseOverwriting(
    { output, checkpoint: values, log: logBeside(values) },
    { ...sources, annotations, validation, 'the file of names': names },
  )
  if (flags.validationImages !== undefined && validation === undefined)
    throw new ConfigError('validationImages', 'is about --validation, which is not there: leave it out')
  if (!annotations) throw new ConfigError('annotations', 'is missing: give the boxes of the images')
  if (resume && force)
    throw new ConfigError('resume', 'goes on from a checkpoint, which --force replaces: leave one of them out')
  if (!existsSync(values) && resume)
    throw new ConfigError('resume', `finds no checkpoint ${quoted(values)}: leave it out`)
  if (existsSync(values) && !resume && !force)
    throw new ConfigError('output', `has the checkpoint ${values} beside it: use --resume or --force, or name another`)
}

/** @throws ConfigError for an output that is an image */
function refuseImages(output: string, values: string, all: readonly (Boxes | undefined)[]): void {
  const outputs = new Set([output, values, logBeside(values)].map((path) => resolve(path)))
  for (const boxes of all)
    for (let image = 0; image < (boxes?.images ?? 0); image++) {
      const path = boxes?.pathOf(image) ?? ''
      if (outputs.has(path))
        throw new ConfigError('output', `would overwrite ${path}, which is an image: name another file`)
    }
}

function pictured(boxes: Boxes, of: string): Boxes {
  if (!boxes.padded) return boxes
  return refuse('E_BOXES', of, 'an array of boxes does not say which images they belong to', 'give annotations')
}

const boxesIn = (data: Boxes): number =>
  Array.from({ length: data.images }, (_, image) => data.countOf(image)).reduce((a, b) => a + b, 0)

/** Images that cannot be measured are kept, and named when they are opened. */
const tolerant = ({ config }: OpenStep, shell: Shell) => ({ classes: config.classes, tell: shell.tell, lenient: true })

async function trainedOn(step: OpenStep, flags: FitFlags, shell: Shell): Promise<Boxes> {
  const files = flags.annotations ?? []
  return pictured(await allBoxes(files, flags, step.picture.size, tolerant(step, shell)), files.join(', '))
}

async function heldOut(step: OpenStep, { validation, validationImages, fit, names }: FitFlags, shell: Shell) {
  const { picture, file } = step
  if (validation === undefined) return undefined
  const named = names === undefined ? {} : { classNames: readNames(names, shell.tell) }
  const place = { ...(fit && { fit }), ...(validationImages !== undefined && { images: validationImages }) }
  const boxes = pictured(
    await readBoxes(validation, { ...place, ...named, ...tolerant(step, shell), input: picture.size }),
    validation,
  )
  if (boxes.images >= picture.batch) return boxes
  return refuse(
    'E_BOXES',
    validation,
    `has ${boxes.images} images, fewer than the batch of ${picture.batch} of ${file}`,
  )
}

/** What a training begins with: what the step does, or a checkpoint of the same settings. */
async function beginning(file: string, values: string, settings: Settings, { resume }: FitFlags): Promise<Progressed> {
  if (!resume) return { values: Object.fromEntries(await readArrays(valuesBeside(file))), log: [] }
  const checkpoint = await readCheckpoint(values)
  const other = differing(checkpoint.settings, settings)
  if (other) {
    const what = `was trained with ${quoted(other.key)} ${other.was}, and this is ${other.is}`
    refuse('E_CHECKPOINT', values, what, 'give the same, or begin anew with --force')
  }
  if (stepIn(checkpoint.values) === checkpoint.log.length) return checkpoint
  const what = `has done ${stepIn(checkpoint.values)} steps, and its log tells of ${checkpoint.log.length}`
  return refuse('E_CHECKPOINT', values, what, 'they are of two trainings: begin anew with --force')
}
