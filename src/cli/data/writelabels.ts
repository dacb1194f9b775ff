import { join } from 'node:path'
import { type LazyArray, refuse, sizeOf, type Tensor, writeFolder, writeNpz } from '../../io/index.js'
import { encodeTensor } from '../../onnx/index.js'
import type { Progress } from '../../verify/index.js'
import {
  type AssignConfig,
  assignTargets,
  BoxError,
  boxEntries,
  boxesName,
  coarsestStride,
  type LossConfig,
  ofScale,
} from '../../yolo/index.js'
import { asTaken, type Boxes, chosen, mostRows, refuseWide, spellBytes, tableOf } from './boxes.js'
import { paceOf } from './pace.js'

type Size = readonly [height: number, width: number]

/** What is written of boxes, and where to. */
export interface Writing {
  /** An `.npz` file, or a folder. */
  readonly output: string
  readonly labels: LossConfig['labels']
  readonly size: Size
  readonly config: AssignConfig
  /** Images of a file, where there are to be several. */
  readonly shard?: number
  /** Bytes that all files may have together. */
  readonly limit: number
  readonly progress: Progress
  /** Hears what was written. */
  readonly note: (line: string) => void
}

/** Bytes of labels that are made at a time. */
const blockSize = 2 ** 24

/** A file of protobuf holds less. */
const largestProto = 2 ** 31 - 2 ** 16

/** Labels of some boxes: an array for each scale, or one of the boxes themselves. */
type Labels = (boxes: Boxes) => LazyArray[]

function denseShape({ size, config }: Writing, l: number, images: number): number[] {
  const stride = coarsestStride / 2 ** l
  const anchors = config.anchorMask[l]?.length ?? 0
  return [images, size[0] / stride, size[1] / stride, anchors, boxEntries + config.classes]
}

/** Parts of all images, of at most so many each; in between signals are heard. */
async function* partsOf(boxes: Boxes, each: number, progress: Progress, what: string): AsyncGenerator<Boxes> {
  const pace = paceOf(progress, boxes.images, what)
  for (let from = 0; from < boxes.images; from += each) {
    yield chosen(boxes, from, each)
    await pace(from)
  }
}

function targetsOf(boxes: Boxes, { size, config }: Writing): Tensor<'float32'>[] {
  try {
    return assignTargets(tableOf(boxes, mostRows(boxes).rows), size, config)
  } catch (error) {
    if (!(error instanceof BoxError)) throw error
    const remedy = 'correct the box; --lint names all such boxes'
    return refuse('E_BOX', boxes.placeOf(error.image, error.row), error.why, remedy, error)
  }
}

function dense(how: Writing): Labels {
  const masks = how.config.anchorMask
  const ofOne = (l: number): Writing => {
    const anchorMask = masks.map((mask, other) => (other === l ? mask : []))
    return { ...how, config: { ...how.config, anchorMask } }
  }
  return (boxes) =>
    masks.map((_, l): LazyArray => {
      const each = Math.max(1, Math.floor(blockSize / (4 * sizeOf(denseShape(how, l, 1)))))
      async function* blocks() {
        for await (const part of partsOf(boxes, each, how.progress, `images of ${ofScale('y_true', l)}`))
          yield targetsOf(part, ofOne(l))[l]?.data as Float32Array
      }
      return { name: ofScale('y_true', l), dtype: 'float32', shape: denseShape(how, l, boxes.images), blocks }
    })
}

/** @param rows of each image, in all files the same */
function plain(how: Writing, rows: number): Labels {
  return (boxes) => {
    const each = Math.max(1, Math.floor(blockSize / (4 * rows * boxes.numbers)))
    async function* blocks() {
      for await (const part of partsOf(boxes, each, how.progress, 'images written')) yield tableOf(part, rows).data
    }
    return [{ name: boxesName, dtype: 'float32', shape: [boxes.images, rows, boxes.numbers], blocks }]
  }
}

const bytesOf = (arrays: readonly LazyArray[]): number => arrays.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0)

/** Refuses boxes that have no target, all of them before anything is written. */
async function refuseBoxes(boxes: Boxes, how: Writing): Promise<void> {
  const unwritten = { ...how, config: { ...how.config, anchorMask: [] } }
  for await (const part of partsOf(boxes, 64, how.progress, 'images looked at')) targetsOf(part, unwritten)
}

/**
 * Writes the labels of boxes: dense ones, or the boxes as a graph takes them.
 * @throws InputError for boxes without a target, and for more bytes than the limit, before anything is written;
 *   WriteError
 */
export async function writeLabels(given: Boxes, how: Writing): Promise<Written[]> {
  const { output, shard, limit } = how
  const isDense = how.labels === 'dense'
  const boxes = isDense ? given : asTaken(given, how.labels, given.placeOf(0, 0))
  const labels = isDense ? dense(how) : plain(how, mostRows(boxes).rows)
  const bytes = bytesOf(labels(boxes))
  const most = output.endsWith('.npz') ? limit : Math.min(limit, largestProto)
  const remedy =
    most < limit ? 'a .pb file holds no more: write .npz' : 'take fewer images (--take), or raise --max-output'
  if (!isDense) refuseWide(boxes, most, remedy)
  if (bytes > most) {
    const what = `the labels of ${boxes.images} images have ${spellBytes(bytes)}, more than the limit of ${spellBytes(most)}`
    refuse('E_LIMIT', output, what, remedy)
  }
  if (isDense) await refuseBoxes(boxes, how)
  if (!output.endsWith('.npz')) return [await writeProtos(output, labels(boxes), how)]
  if (shard === undefined) return writeArchives(new Map([[output, labels(boxes)]]), how)
  const count = Math.ceil(boxes.images / shard)
  how.note(`${spellBytes(bytes)} in ${count} file${count === 1 ? '' : 's'} of up to ${shard} images`)
  const part = (i: number) => [shardName(output, i), labels(chosen(boxes, i * shard, shard))] as const
  return writeArchives(new Map(Array.from({ length: count }, (_, i) => part(i))), how)
}

/** A file of labels, and the shapes of its arrays. */
export interface Written {
  readonly file: string
  readonly arrays: Readonly<Record<string, readonly number[]>>
}

/** `labels-00002.npz` of `labels.npz`. */
const shardName = (path: string, i: number): string => path.replace(/\.npz$/, `-${String(i).padStart(5, '0')}.npz`)

async function writeArchives(files: ReadonlyMap<string, readonly LazyArray[]>, how: Writing): Promise<Written[]> {
  await writeNpz(files)
  return [...files].map(([path, arrays]) => wrote(path, arrays, how))
}

async function writeProtos(path: string, arrays: readonly LazyArray[], how: Writing): Promise<Written> {
  await writeFolder(path, async (output) => {
    for (const { name, shape, blocks } of arrays) {
      const data = new Float32Array(sizeOf(shape))
      let at = 0
      for await (const block of blocks()) {
        data.set(block as Float32Array, at)
        at += (block as Float32Array).length
      }
      await output.write(join(path, `${name}.pb`), encodeTensor(name, { dtype: 'float32', shape, data }))
    }
  })
  return wrote(path, arrays, how)
}

function wrote(path: string, arrays: readonly LazyArray[], { progress, note }: Writing): Written {
  progress.end()
  note(`wrote ${path} (${arrays.map(({ name, shape }) => `${name} [${shape}]`).join(', ')})`)
  return { file: path, arrays: Object.fromEntries(arrays.map(({ name, shape }) => [name, shape])) }
}
