import { type AnyTensor, float32, quoted, refuse, type Tensor } from '../../io/index.js'
import type { ModelInfo } from '../../onnx/index.js'
import type { DataOptions, MadeInput } from '../../verify/index.js'
import { assignTargets, BoxError, boxesName, boxNumbers, type LossConfig, ofScale } from '../../yolo/index.js'
import type { Annotated } from '../groups/annotations.js'
import { readClasses } from '../groups/configfile.js'
import { type Boxes, readBoxes, weighted } from './boxes.js'
import { headSizes, inputSize } from './headsizes.js'

type Size = readonly [height: number, width: number]

/** Images and pixels of the network input that the logits of the coarsest scale are of. */
function batchOf(logits: AnyTensor | undefined, config: LossConfig, paths: string): { batch: number; size: Size } {
  const what = `no value for input ${quoted(ofScale('y_pred', 0))}, which tells the input size`
  if (!logits) return refuse('E_FEED_MISSING', paths, what)
  return { batch: headSizes(logits, config, 0).b, size: inputSize(logits, config) }
}

/** The images of all files, one after another; shorter ones are filled up with rows of zeros. */
async function allBoxes(files: readonly string[], options: Annotated, size: Size): Promise<Boxes> {
  const { classNames: names, skip, take, fit, imageSize, images } = options
  const fitting = { ...(fit && { fit }), ...(imageSize && { imageSize }), ...(images && { images }) }
  const named = names === undefined ? {} : { classNames: readClasses(names) }
  const chosen = files.length === 1 ? { ...(skip !== undefined && { skip }), ...(take !== undefined && { take }) } : {}
  const parts: Boxes[] = []
  for (const file of files) parts.push(await readBoxes(file, { ...fitting, ...chosen, ...named, input: size }))
  return files.length === 1 ? (parts[0] as Boxes) : chosenOf(joined(parts), skip, take)
}

function joined(given: readonly Boxes[]): Boxes {
  const width = Math.max(...given.map(({ table }) => table.shape[2] as number))
  const parts = given.map((part) => (part.table.shape[2] === width ? part : { ...part, table: ofOne(part.table) }))
  const rows = Math.max(...parts.map(({ table }) => table.shape[1] as number))
  const starts = parts.map((_, i) => parts.slice(0, i).reduce((n, { table }) => n + (table.shape[0] as number), 0))
  const images = parts.reduce((n, { table }) => n + (table.shape[0] as number), 0)
  const data = new Float32Array(images * rows * width)
  for (const [i, { table }] of parts.entries()) {
    const [own = 0, most = 0] = table.shape
    for (let image = 0; image < own; image++) {
      const start = image * most * width
      const at = ((starts[i] as number) + image) * rows * width
      data.set(table.data.subarray(start, start + most * width), at)
    }
  }
  const placeOf = (image: number, row: number) => {
    const i = starts.findLastIndex((start) => start <= image)
    return (parts[i] as Boxes).placeOf(image - (starts[i] as number), row)
  }
  return { table: float32([images, rows, width], data), placeOf }
}

/** Some of the images. */
function chosenOf({ table, placeOf }: Boxes, skip = 0, take?: number): Boxes {
  const [images = 0, rows = 0, width = 0] = table.shape
  const end = Math.min(images, take === undefined ? images : skip + take)
  const each = rows * width
  const data = table.data.slice(skip * each, end * each)
  const count = Math.max(0, end - skip)
  return { table: float32([count, rows, width], data), placeOf: (image, row) => placeOf(image + skip, row) }
}

/** Boxes of an objectness of 1. */
const ofOne = (table: Tensor<'float32'>): Tensor<'float32'> => weighted(table, () => 1)

/** Boxes as a graph takes them. @throws InputError for an objectness that it has no room for */
export function asInput(table: Tensor<'float32'>, labels: LossConfig['labels'], place: string): Tensor<'float32'> {
  const plain = table.shape[2] === boxNumbers
  if (labels === 'weighted-boxes') return plain ? ofOne(table) : table
  if (plain) return table
  const what = 'the boxes have an objectness, which the graph does not take'
  return refuse('E_BOXES', place, what, 'export it with --labels weighted-boxes')
}

function asLabels({ table, placeOf }: Boxes, size: Size, config: LossConfig): { name: string; tensor: AnyTensor }[] {
  try {
    return assignTargets(table, size, config).map((tensor, l) => ({
      name: ofScale('y_true', l),
      tensor:
        config.dtype === 'float64'
          ? { dtype: 'float64', shape: tensor.shape, data: Float64Array.from(tensor.data) }
          : tensor,
    }))
  } catch (error) {
    if (!(error instanceof BoxError)) throw error
    return refuse('E_BOX', placeOf(error.image, error.row), error.why, 'correct the box', error)
  }
}

/** Makes the labels of a graph, or its boxes, from annotations; undefined where there are none. */
export function labelsFrom(options: Annotated, config: LossConfig | undefined, info: ModelInfo): DataOptions['made'] {
  const files = options.annotations
  if (!files) return undefined
  const place = files.join(', ')
  return async (given): Promise<MadeInput[]> => {
    if (!config) {
      const what = 'the graph does not say its configuration, which boxes are assigned by'
      return refuse('E_METADATA', place, what, 'make labels with yolo-loss targets, and give those')
    }
    const isTargets = config.graph === 'targets'
    const known = isTargets ? undefined : batchOf(given.get(ofScale('y_pred', 0)), config, place)
    const size = known?.size ?? (config.input as Size)
    const boxes = await allBoxes(files, options, size)
    const images = boxes.table.shape[0] as number
    if (known && images !== known.batch) {
      const what = `${images} image${images === 1 ? '' : 's'} of annotations for a batch of ${known.batch}`
      refuse('E_BOXES', place, what, 'images match by order: choose them with --skip and --take')
    }
    const takesBoxes = info.inputs.some(({ name }) => name === boxesName)
    const made = takesBoxes
      ? [{ name: boxesName, tensor: asInput(boxes.table, config.labels, place) }]
      : asLabels(boxes, size, config)
    return made.map((input) => ({ ...input, file: place }))
  }
}
