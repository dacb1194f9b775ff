import { basename } from 'node:path'
import { type AnyTensor, refuse } from '../../io/index.js'
import { runOnce } from '../../runtime/index.js'
import { batchesOf, besideReference, type Data, readData } from '../../verify/index.js'
import type { Scene } from '../../view/index.js'
import { boxesName, ConfigError, type Fit, type LossConfig, ofScale } from '../../yolo/index.js'
import { readingOf } from '../groups/data.js'
import { refuseOverwriting } from '../groups/overwriting.js'
import { placeOf } from '../groups/run.js'
import type { ViewFlags } from '../groups/viewing.js'
import type { Shell } from '../shell.js'
import { allBoxes, labelsFrom } from './annotated.js'
import { type Boxes, chosen } from './boxes.js'
import { dataNotes } from './datanotes.js'
import { refuseEmpty } from './empty.js'
import { inputSize } from './headsizes.js'
import { pageFiles } from './live.js'
import { graphsOf, type ShownGraph, type Told } from './showngraphs.js'
import { type PicturePaths, picturesIn, shownImages } from './shownpictures.js'

type Size = readonly [height: number, width: number]

/** What a page is made from. */
export interface Asked {
  readonly paths: readonly string[]
  readonly given: ViewFlags
  readonly told: Told
  readonly tell: Shell['tell']
}

/** The batches, or graphs on one batch, that a page shows: one, or two that are compared. @throws InputError, ConfigError */
export async function scenesOf(given: Asked): Promise<Scene[]> {
  const asked = { ...given, tell: once(given.tell) }
  const graphs = await graphsOf(asked.paths, asked.given, asked.told)
  if (asked.paths.length === 0) return [await boxesAlone(asked, graphs)]
  const [first] = graphs as [ShownGraph]
  const batches = await batchesOf(asked.paths, first.info, readingOf(asked.given))
  if (batches.length * graphs.length > 2) throw tooMany(batches.length, graphs.length)
  const scenes: Scene[] = []
  for (const graph of graphs) {
    for (const batch of batches) {
      // Two batches are compared image by image, so that annotations are those of each.
      const made = labelsFrom(asked.given, graph.config, graph.info, { tell: asked.tell })
      const data = await readData(batch, graph.info, { ...readingOf(asked.given), made })
      const scene = await sceneOf(asked, graph, data)
      scenes.push({ ...scene, name: graphs.length > 1 ? basename(graph.file) : data.name })
    }
  }
  return scenes
}

/** Two graphs on one batch, and two batches of the same pictures, have the same notes, which are told of one. */
function once(tell: Asked['tell']): Asked['tell'] {
  const known = new Set<string>()
  return (notes) =>
    tell(
      notes.filter((note) => {
        const text = JSON.stringify(note)
        return !known.has(text) && known.add(text)
      }),
    )
}

const tooMany = (batches: number, graphs: number): ConfigError =>
  graphs > 1
    ? new ConfigError('model', 'is given twice, and so are the data: compare two graphs on one batch, or two batches')
    : new ConfigError('data', `are ${batches} batches: a page shows one, or compares two`)

const imagesIn = (feeds: Scene['feeds']): number => Object.values(feeds)[0]?.shape[0] ?? 0

async function sceneOf(asked: Asked, graph: ShownGraph, data: Data): Promise<Scene> {
  const { given, tell } = asked
  const { config } = graph
  refuseEmpty(data)
  tell(dataNotes(data, config))
  const feeds: Record<string, AnyTensor> = Object.fromEntries(data.inputs)
  const size = sizeIn(feeds, asked, config)
  const named = await namesOf(asked, { count: imagesIn(feeds), size, config })
  const scene = { name: data.name, config, feeds, ...named, input: size, full: given.full }
  if (!graph.model) return scene
  const { outputs } = await runOnce(placeOf(given), { file: graph.file, model: graph.model, feeds })
  return { ...scene, beside: besideReference(config, feeds, outputs, given.ep), graph: basename(graph.file) }
}

/** The network input, of the arrays, or of the flags where boxes stand alone. @throws ConfigError where both tell it */
function sizeIn(feeds: Scene['feeds'], asked: Asked, config: LossConfig): Size {
  const own = sizeOf(feeds, config)
  if (own && asked.given.input)
    throw new ConfigError('input', 'is about boxes alone, and these data tell it themselves: leave it out')
  return own ?? sizeAsked(asked)
}

/** Of the logits or of dense labels. */
function sizeOf(feeds: Scene['feeds'], config: LossConfig): Size | undefined {
  const [logits, labels] = [feeds[ofScale('y_pred', 0)], feeds[ofScale('y_true', 0)]]
  if (logits) return inputSize(logits, config)
  return labels && inputSize(labels, { ...config, layout: 'nhwc' })
}

const sizeAsked = ({ given, told }: Asked): Size => {
  const size = given.input ?? told.input ?? told.config?.input
  if (size?.every((side) => side % 32 === 0)) return size
  const why = size ? `must be multiples of 32, got ${size.join('×')}` : 'is missing: give --input HxW, as 416x416'
  throw new ConfigError('input', why)
}

/** Boxes of annotations alone. */
async function boxesAlone(asked: Asked, graphs: readonly ShownGraph[]): Promise<Scene> {
  const { given, tell } = asked
  const [graph] = graphs as [ShownGraph]
  const size = sizeAsked(asked)
  const config: LossConfig = { ...graph.config, graph: 'targets', input: size, labels: 'weighted-boxes' }
  const made = labelsFrom(given, config, { ...graph.info, inputs: [{ name: boxesName, dtype: 'float32', shape: undefined }] }, { tell }) // biome-ignore format: one row
  const [boxes] = (await made?.(new Map())) ?? []
  if (!boxes) return refuse('E_FEED_MISSING', 'view', 'there is nothing to show', 'name data, or give --annotations')
  const feeds = { [boxesName]: boxes.tensor }
  const named = await namesOf(asked, { count: imagesIn(feeds), size, config })
  return { name: basename(boxes.file), config, feeds, ...named, input: size }
}

interface Batch {
  readonly count: number
  readonly size: Size
  readonly config: LossConfig
}

/** What images and classes are called, by the annotations, a folder and the flags, with the pictures of the images. */
async function namesOf(asked: Asked, batch: Batch): Promise<Pick<Scene, 'classNames' | 'images'>> {
  const { given, told } = asked
  const { count, size, config } = batch
  const { annotations, images } = given
  const all = annotations && (await allBoxes(annotations, given, size, { tell() {}, classes: config.classes }))
  const paths = all ? pathsBy(all, count) : images !== undefined && picturesIn(images, count)
  const classNames = told.classNames ?? all?.classNames?.slice(0, config.classes)
  return { classNames, images: paths ? await picturesOf(asked, paths, size) : undefined }
}

async function picturesOf({ given, tell }: Asked, paths: PicturePaths, size: Size): Promise<Scene['images']> {
  refuseOverwriting({ output: pageFiles(given) }, { 'an image': paths.filter((path) => path !== undefined) })
  return shownImages(paths, size, fitOf(given), tell)
}

const fitOf = ({ fit = 'letterbox' }: ViewFlags): Fit => fit

/** An array of boxes names no images. */
function pathsBy(all: Boxes, count: number): PicturePaths | undefined {
  const own = chosen(all, 0, count)
  return all.padded ? undefined : Array.from({ length: own.images }, (_, image) => own.pathOf(image))
}

/** @throws ConfigError where there are not as many names as classes */
export function refuseNames(names: readonly string[] | undefined, { classes }: LossConfig): void {
  if (names && names.length !== classes)
    throw new ConfigError('names', `has ${names.length} names for ${classes} classes: give one for each`)
}
