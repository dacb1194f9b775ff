import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { exitCodes, isImageName, printable, writeAtomic } from '../../io/index.js'
import { pageOf, type Scene, type Side, sideOf, type View } from '../../view/index.js'
import { ConfigError } from '../../yolo/index.js'
import { madeBy } from '../data/casepages.js'
import { formatsInHelp } from '../data/formats/all.js'
import { goLive, livePageOf, pageFiles } from '../data/live.js'
import type { Told } from '../data/showngraphs.js'
import { refuseNames, scenesOf } from '../data/shownscenes.js'
import { beyondTolerance, pageInWords, sideReport } from '../data/viewwords.js'
import { readNames, whatAnnotationsAre } from '../groups/annotations.js'
import { configFrom, refuseSources } from '../groups/config.js'
import { whatDataAre } from '../groups/data.js'
import { addFlags, type Given, parted } from '../groups/flag.js'
import { examples } from '../groups/help.js'
import { refuseIdleLive } from '../groups/liveflags.js'
import { addBoxFlags } from '../groups/lossflags.js'
import { namedFile, refuseOverwriting } from '../groups/overwriting.js'
import { jsonReport } from '../groups/report.js'
import { type ViewFlags, viewing } from '../groups/viewing.js'
import type { Shell } from '../shell.js'

const details = `${whatDataAre}${whatAnnotationsAre}
Annotations are one of
${formatsInHelp.map((line) => `  ${line}`).join('\n')}
Alone, without data, they show boxes, their cells and the least that the loss can be; --input says the size.

The configuration is that of the graph, of the case, or of the flags. The page needs neither network nor server. Pictures
come from the annotations or from --images, by name the images of the batch, and need the package sharp. Two files that
hold the same arrays, or --model twice, are compared cell by cell. Exit code 1 when an output of a graph is beyond its
tolerance.

With --live the page runs the graph itself, by onnxruntime-web: move a box, change a logit or the ignore threshold, and see
the loss follow.
${examples(
  'view batch.npz --preset yolov3-coco -o loss.html',
  'view fixtures/real-coco --model loss.onnx -o loss.html',
  'view predictions.npz --annotations train.txt --images pictures --model loss.onnx -o loss.html',
  'view before.npz after.npz --preset yolov3-coco -o both.html',
  'view --annotations train.txt --preset yolov3-voc --input 416x416 -o boxes.html',
  'view batch.npz --preset yolov3-coco --live --open -o live',
)}`

/** Adds `yolo-loss view`. */
export function addView(program: Command, shell: Shell): void {
  const command = program
    .command('view [data...]')
    .description('Show where a loss comes from, cell by cell: one page for a browser.')
    .addHelpText('after', details)
  addBoxFlags(addFlags(command, viewing)).action(async (paths: string[], all: Given) => {
    const [given, rest] = parted(all, viewing)
    checkUse(paths, given, rest)
    const told = toldBy(given, rest, shell)
    const { scenes, sides } = await shownBy(paths, given, told, shell)
    const view: View = { title: sides.map(({ name }) => name).join(' and '), made: madeBy, sides } // biome-ignore format: one row
    const report = { file: given.output, sides: sides.map(sideReport) }
    tellBeyond(sides, given, shell)
    if (given.live) return await live(view, scenes, given, report, shell)
    const page = await pageOf(view)
    await writeAtomic(given.output, page)
    shell.note(`wrote ${printable(given.output)} (${pageInWords(sides)})`)
    if (given.json) process.stdout.write(jsonReport({ ...report, bytes: Buffer.byteLength(page), notes: shell.notes }))
  })
}

/** Why the command ends with 1, which a report says by itself. */
function tellBeyond(sides: readonly Side[], { json }: ViewFlags, shell: Shell): void {
  const lines = beyondTolerance(sides)
  if (lines.length > 0) shell.finish(exitCodes.mismatch)
  if (!json || !shell.quiet) for (const line of lines) process.stderr.write(`${line}\n`)
}

async function live(view: View, scenes: readonly Scene[], given: ViewFlags, report: object, shell: Shell) {
  const page = await livePageOf(view, scenes, given.model)
  await goLive(given.output, page, given, shell, (address) => {
    if (given.json) process.stdout.write(jsonReport({ ...report, address, notes: shell.notes }))
    else if (address) process.stdout.write(`${address}\n`)
  })
}

async function shownBy(paths: readonly string[], given: ViewFlags, told: Told, shell: Shell) {
  const progress = shell.progress()
  const scenes = await scenesOf({ paths, given, told, tell: (notes) => shell.tell(notes) })
  for (const { config } of scenes) refuseNames(told.classNames, config)
  const sides = scenes.map((scene, i) => {
    progress.step(i + 1, scenes.length, `${scene.name}: cell by cell`)
    return sideOf(scene)
  })
  progress.end()
  return { scenes, sides }
}

/** @throws ConfigError for flags that would be ignored, and for an output that is read */
function checkUse(paths: readonly string[], given: ViewFlags, rest: Given): void {
  const { annotations, model, names, images } = given
  namedFile('output', given.output)
  refuseIdleLive(given)
  const output = pageFiles(given)
  const image = output.find((path) => isImageName(path) && existsSync(path))
  if (image) throw new ConfigError('output', `would overwrite ${image}, which is an image: name another file`)
  refuseOverwriting({ output }, { data: paths, annotations, 'a graph': model, 'the file of names': names, 'the images': images }) // biome-ignore format: one row
  refuseSources(output, rest)
  if (paths.length === 0 && !annotations)
    throw new ConfigError('data', 'are missing: name .npz files or a case, or give --annotations')
  const about = (['imageSize', 'skip', 'take'] as const).find((key) => given[key] !== undefined)
  if (about && !annotations) throw new ConfigError(about, 'is about --annotations, which are not there: leave it out')
  if (given.fit && !annotations && images === undefined)
    throw new ConfigError('fit', 'is about --annotations and --images, which are not there: leave it out')
  if (given.full && paths.length === 0)
    throw new ConfigError('full', 'is about logits, of which annotations have none: leave it out')
}

/** What flags say of the loss, and the names of its classes, of which only one file can tell. */
function toldBy({ names }: ViewFlags, rest: Given, shell: Shell): Told {
  const isThere = Object.values(rest).some((value) => value !== undefined)
  const { config, classNames, input, notes } = isThere ? configFrom(rest) : { notes: [] }
  shell.tell(notes)
  if (names === undefined) return { config, classNames, input }
  if (classNames) throw new ConfigError('names', 'is given beside a file of classes, which has the names already')
  return { config, classNames: readNames(names, (told) => shell.tell(told)), input }
}
