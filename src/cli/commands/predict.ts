import { existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { headLayouts } from '../../detector/index.js'
import { type Found, Predictor } from '../../fit/index.js'
import {
  drawMarks,
  escaped,
  exitCodes,
  isFolder,
  isImageName,
  type Mark,
  namesBelow,
  printable,
  quoted,
  readBytes,
  refuse,
  writeAtomic,
  writeFolder,
} from '../../io/index.js'
import { ConfigError } from '../../yolo/index.js'
import { readCocoIds } from '../data/cocoids.js'
import { readNames } from '../groups/annotations.js'
import { configFrom, refuseSources } from '../groups/config.js'
import { elsewhereToo, pixelRange } from '../groups/fitflags.js'
import { addFlags, flag, flagsOf, type Given, grouped, parted, type ValuesOf } from '../groups/flag.js'
import { examples } from '../groups/help.js'
import { addBoxFlags } from '../groups/lossflags.js'
import { namedFile, refuseOverwriting } from '../groups/overwriting.js'
import { numberFrom, parseCount, parseGrids, parseSize } from '../groups/parse.js'
import { jsonReport } from '../groups/report.js'
import { json, oneProvider } from '../groups/run.js'
import type { Shell } from '../shell.js'

const share = numberFrom(0, 1)

const flags = flagsOf(
  ...grouped(
    'Images',
    flag('--images <paths...>', 'image files, and folders of them', { required: true }),
    flag('--coco <file>', 'instances.json: its images, below the folder of --images, with its ids for -o'),
    flag('--input <HxW>', 'height and width that they are brought to, where the detector takes any', {
      parse: parseSize,
    }),
    flag('--fit <how>', 'how they come into it', { choices: ['letterbox', 'stretch'], default: 'letterbox' }),
    pixelRange,
  ),
  ...grouped(
    'The detector and its heads',
    flag('--heads <names>', 'outputs that are the heads: a,b,c', { parse: (text) => text.split(',') }),
    flag('--head-layout <name>', 'order of the axes of the heads', { choices: headLayouts }),
    flag('--grids <list>', 'rows x columns of each scale, coarsest first, for flattened heads: 13x13,26x26', {
      parse: parseGrids,
    }),
  ),
  ...grouped(
    'Finding',
    flag('--score <x>', 'least score: probability of an object times that of its class', {
      parse: share,
      default: 0.3,
    }),
    flag('--iou <x>', 'of boxes of a class that overlap more, the better one stays', { parse: share, default: 0.45 }),
    flag('--most <n>', 'boxes of an image', { parse: parseCount, default: 100 }),
  ),
  ...grouped(
    'Writing',
    flag('-o, --output <file>', 'what is found as results.json of COCO, which pycocotools evaluates'),
    flag('--draw <dir>', 'the images with their boxes, as PNG'),
    flag('--names <file>', 'names of the classes, one a line'),
    json('lines'),
  ),
  ...grouped('Running', oneProvider, elsewhereToo),
)

type Own = ValuesOf<typeof flags>

const details = `
Decodes the heads of a detector and keeps the best of boxes that overlap, as yolo_eval of keras-yolo3 does. Images are
brought into the input as in training. Prints for each image its boxes: score, class, left, top, right and bottom in pixels.
In results.json image_id is the name of the image, and category_id the class from 0 on, or with --coco the ids that are there.
${examples(
  'predict trained.onnx --config three.json --images pictures --draw found',
  'predict trained.onnx --preset yolov3-coco --images val2017 --coco instances_val2017.json --score 0.001 -o results.json',
)}`

/** Adds `yolo-loss predict`. */
export function addPredict(program: Command, shell: Shell): void {
  const command = program
    .command('predict <detector>')
    .description('Show what a detector finds in images.')
    .addHelpText('after', details)
  addBoxFlags(addFlags(command, flags)).action(async (file: string, given: Given) => {
    const [own, rest] = parted(given, flags)
    const { config, classNames, notes } = configFrom(rest)
    shell.tell(notes)
    if (own.output !== undefined) namedFile('output', own.output)
    const images = await imagesOf(own)
    const drawings = own.draw === undefined ? [] : drawingsOf(images, own.draw)
    refuseOverwriting(
      { output: own.output, draw: drawings },
      {
        'the detector': file,
        'an image': images.map(({ path }) => path),
        'the file of ids': own.coco,
        'the file of names': own.names,
      },
    )
    refuseSources([...(own.output === undefined ? [] : [own.output]), ...drawings], rest)
    const { pixels, ep: provider, allowFallback, headLayout: layout, heads, grids, ...how } = own
    const white = pixels === '0..1' ? (1 as const) : (255 as const)
    const head = { ...(heads && { heads }), ...(layout && { layout }), ...(grids && { grids }) }
    const asked = { ...how, ...head, white, provider, strict: !allowFallback, file, folder: dirname(file), config }
    const names = own.names === undefined ? classNames : readNames(own.names, shell.tell)
    if (names && names.length !== config.classes)
      throw new ConfigError('names', `has ${names.length} names for ${config.classes} classes: give one for each`)
    const predictor = await Predictor.open(await readBytes(file), asked)
    const seen = await look(predictor, images, shell).finally(() => predictor.close())
    await deliver(seen, own, { names, drawings, shell })
    if (seen.some(({ found }) => found === undefined)) shell.finish(exitCodes.incomplete)
  })
}

/** An image, and what it is called in results. */
interface Image {
  readonly path: string
  readonly id: number | string
}

/** An image, and what was found in it; undefined where it could not be decoded. */
interface Seen extends Image {
  readonly found: readonly Found[] | undefined
}

async function imagesOf({ images: given, coco }: Own): Promise<Image[]> {
  if (coco !== undefined) return imagesOfCoco(given, coco)
  const missing = given.find((path) => !existsSync(path))
  if (missing !== undefined) refuse('E_FILE', missing, 'there is no such file or folder', 'check the path')
  const images = given.flatMap((path) =>
    isFolder(path)
      ? namesBelow(path).filter(isImageName).sort().map((name) => ({ path: join(path, name), id: name }))
      : [{ path, id: path }],
  ) // biome-ignore format: chains of one line
  return images.length > 0 ? images : refuse('E_IMAGE', given.join(', '), 'holds no images')
}

async function imagesOfCoco(given: readonly string[], coco: string): Promise<Image[]> {
  const [folder, ...more] = given
  if (folder === undefined || more.length > 0 || !isFolder(folder))
    throw new ConfigError('images', 'must be the one folder that the names in --coco are below')
  const { images } = await readCocoIds(coco)
  return images.map(({ name, id }) => ({ path: join(folder, name), id }))
}

/** Where the images are drawn. @throws ConfigError for two of one name */
function drawingsOf(images: readonly Image[], folder: string): string[] {
  const names = images.map(({ path }) => `${basename(path).replace(/\.[^.]*$/, '')}.png`)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice) throw new ConfigError('draw', `would write two images to ${quoted(twice)}: draw them by themselves`)
  return names.map((name) => resolve(folder, name))
}

async function look(predictor: Predictor, images: readonly Image[], shell: Shell): Promise<Seen[]> {
  const progress = shell.progress()
  const seen: Seen[] = []
  for (let at = 0; at < images.length; at += predictor.batch) {
    const batch = images.slice(at, at + predictor.batch)
    const results = await predictor.in(batch.map(({ path }) => path))
    for (const [i, result] of results.entries()) {
      const image = batch[i] as Image
      if (result instanceof Error) shell.note(`note: ${result.message}`)
      seen.push({ ...image, found: result instanceof Error ? undefined : result })
    }
    progress.step(seen.length, images.length, 'images')
  }
  progress.end()
  return seen
}

interface Delivery {
  readonly names: readonly string[] | undefined
  /** Where each image is drawn. */
  readonly drawings: readonly string[]
  readonly shell: Shell
}

async function deliver(seen: readonly Seen[], own: Own, { names, drawings, shell }: Delivery): Promise<void> {
  const called = (label: number) => names?.[label] ?? `class ${label}`
  const categories = own.coco === undefined ? undefined : (await readCocoIds(own.coco)).categories
  if (own.draw !== undefined) await draw(seen, own.draw, drawings, called)
  const results = seen.flatMap(({ id, found = [] }) => found.map((one) => resultOf(one, id, categories)))
  if (own.output !== undefined) {
    await writeAtomic(own.output, `${JSON.stringify(results)}\n`)
    shell.note(`wrote ${printable(own.output)} (${results.length} boxes of ${seen.length} images)`)
  }
  const images = seen.map(({ path, found }) => ({ image: path, found: found?.map((one) => ({ ...one, class: called(one.label) })) })) // biome-ignore format: one line
  if (own.json) process.stdout.write(jsonReport({ images, notes: shell.notes }))
  else if (own.output === undefined) process.stdout.write(seen.map((image) => lines(image, called)).join(''))
}

const draw = (seen: readonly Seen[], folder: string, paths: readonly string[], called: (label: number) => string) =>
  writeFolder(folder, async (to) => {
    for (const [i, { path, found }] of seen.entries())
      if (found)
        await to.write(
          paths[i] as string,
          await drawMarks(
            path,
            found.map((one) => markOf(one, called(one.label))),
          ),
        )
  })

/** A box as a result of COCO: left, top, width, height. */
const resultOf = ({ box: [x1, y1, x2, y2], label, score }: Found, image: number | string, categories: readonly number[] | undefined) => ({
  image_id: image,
  category_id: categories?.[label] ?? label,
  bbox: [x1, y1, x2 - x1, y2 - y1].map((x) => Number(x.toFixed(2))),
  score: Number(score.toFixed(5)),
}) // biome-ignore format: one head

const lines = ({ path, found }: Seen, called: (label: number) => string): string =>
  `${escaped(path)}\n${(found ?? [])
    .map(
      ({ score, label, box }) => `  ${score.toFixed(3)}  ${escaped(called(label))}  ${box.map(Math.round).join(' ')}\n`,
    )
    .join('')}`

/** Far apart on the circle of hues, whatever the number of classes. */
const colourOf = (label: number): string => `hsl(${Math.round((label * 137.508) % 360)}, 90%, 55%)`

function markOf({ box, label, score }: Found, name: string): Mark {
  const [left, top, right, bottom] = box
  return { left, top, right, bottom, colour: colourOf(label), text: `${name} ${score.toFixed(2)}` }
}
