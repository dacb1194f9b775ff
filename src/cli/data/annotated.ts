import { type AnyTensor, quoted, refuse } from '../../io/index.js'
import { type Note, notesOnFitted } from '../../notes/index.js'
import type { ModelInfo } from '../../onnx/index.js'
import type { DataOptions, MadeInput } from '../../verify/index.js'
import {
  assignTargets,
  BoxError,
  boxesName,
  coarsestStride,
  defaultMaxBoxes,
  type LossConfig,
  ofScale,
} from '../../yolo/index.js'
import { type Annotated, readNames } from '../groups/annotations.js'
import { asTaken, type Boxes, chosen, joined, mostRows, refuseWide, tableOf } from './boxes.js'
import { headSizes, inputSize } from './headsizes.js'
import { type ReadOptions, readBoxes } from './readboxes.js'

type Size = readonly [height: number, width: number]

/** Bytes that a table of boxes may have: a batch of a training has some thousand boxes. */
const largestTable = 2 ** 30

interface Batch {
  readonly batch: number
  readonly size: Size
}

/** Images and pixels of the network input: of the logits of the coarsest scale, or of the picture that a detector takes. */
function batchOf(given: ReadonlyMap<string, AnyTensor>, config: LossConfig, paths: string): Batch {
  const logits = given.get(ofScale('y_pred', 0))
  if (logits) return { batch: headSizes(logits, config, 0).b, size: inputSize(logits, config) }
  const picture = [...given.values()].flatMap(({ shape }) => pictureOf(shape) ?? [])
  if (picture.length === 1) return picture[0] as Batch
  const what = `the data hold neither ${quoted(ofScale('y_pred', 0))} nor one array of pictures, which tell the input size`
  return refuse(
    'E_FEED_MISSING',
    paths,
    what,
    'make boxes with yolo-loss targets --labels boxes, and give those as data',
  )
}

/** `[B, 3, H, W]` or `[B, H, W, 3]`. */
export function pictureOf([batch = 0, a, b = 0, c, ...more]: readonly number[]): Batch | undefined {
  const size: Size | undefined = more.length > 0 ? undefined : a === 3 ? [b, c ?? 0] : c === 3 ? [a ?? 0, b] : undefined
  return size?.every((side) => side > 0 && side % coarsestStride === 0) ? { batch, size } : undefined
}

/** Where boxes stand that became so small in the input that they are none. */
function vanishedIn(boxes: Boxes): string[] {
  const gone: string[] = []
  for (let image = 0; image < boxes.images && !boxes.padded; image++)
    for (let row = 0; row < boxes.countOf(image); row++) {
      const [x1 = 0, , x2 = 0] = boxes.rowsOf(image).subarray(row * boxes.numbers, (row + 1) * boxes.numbers)
      if (x2 <= x1) gone.push(boxes.placeOf(image, row))
    }
  return gone
}

/** Notes on boxes in the input of a graph. */
const fittedNotes = (boxes: Boxes, { form, maxBoxes = defaultMaxBoxes }: LossConfig, place: string): Note[] =>
  notesOnFitted({
    place,
    vanished: vanishedIn(boxes),
    rows: mostRows(boxes).rows,
    room: form === 'static' ? maxBoxes : undefined,
  })

/** The images of all files, one after another; shorter ones are filled up with rows of zeros. */
export async function allBoxes(
  files: readonly string[],
  options: Annotated,
  size: Size,
  { classes, tell, lenient = false }: Pick<ReadOptions, 'classes' | 'lenient'> & Pick<Making, 'tell'>,
): Promise<Boxes> {
  const { names, skip, take, fit, imageSize, images } = options
  const fitting = { lenient, ...(fit && { fit }), ...(imageSize && { imageSize }), ...(images && { images }) }
  const named = names === undefined ? {} : { classNames: readNames(names, tell) }
  const own = files.length === 1 ? { ...(skip !== undefined && { skip }), ...(take !== undefined && { take }) } : {}
  const how = { input: size, tell, ...(classes !== undefined && { classes }) }
  const parts: Boxes[] = []
  for (const file of files) parts.push(await readBoxes(file, { ...how, ...fitting, ...own, ...named }))
  return files.length === 1 ? (parts[0] as Boxes) : chosen(joined(parts), skip, take)
}

function asLabels(boxes: Boxes, size: Size, config: LossConfig): { name: string; tensor: AnyTensor }[] {
  try {
    return assignTargets(tableOf(boxes, mostRows(boxes).rows), size, config).map((tensor, l) => ({
      name: ofScale('y_true', l),
      tensor:
        config.dtype === 'float64'
          ? { dtype: 'float64', shape: tensor.shape, data: Float64Array.from(tensor.data) }
          : tensor,
    }))
  } catch (error) {
    if (!(error instanceof BoxError)) throw error
    return refuse('E_BOX', boxes.placeOf(error.image, error.row), error.why, 'correct the box', error)
  }
}

/** What is done with annotations beside making labels of them. */
interface Making {
  readonly tell: (notes: readonly Note[]) => void
  /** How many batches share the images, each those that come next; default one. */
  readonly batches?: number
}

/** The images of each batch, one batch after another. @param place what to call the annotations in messages */
function dealing(boxesFor: (size: Size) => Promise<Boxes>, batches: number, place: string) {
  let [turn, before] = [0, 0]
  return async ({ batch, size }: Batch): Promise<Boxes> => {
    const all = await boxesFor(size)
    const [own, isLast] = [chosen(all, before, batch), ++turn === batches]
    const left = all.images - before
    before += batch
    if (own.images === batch && (!isLast || left === batch)) return own
    const what = `${left} image${left === 1 ? '' : 's'} of annotations for a batch of ${batch}`
    return refuse('E_BOXES', place, what, 'images match by order: choose them with --skip and --take')
  }
}

/** The last result again where the size is the same, as that of all batches mostly is. */
function remembered(read: (size: Size) => Promise<Boxes>): (size: Size) => Promise<Boxes> {
  let last: { readonly size: Size; readonly boxes: Promise<Boxes> } | undefined
  return (size) => {
    if (last?.size.join() !== size.join()) last = { size, boxes: read(size) }
    return last.boxes
  }
}

/** Makes the labels of a graph, or its boxes, from annotations; undefined where there are none. */
export function labelsFrom(
  options: Annotated,
  config: LossConfig | undefined,
  info: ModelInfo,
  { tell, batches = 1 }: Making,
): DataOptions['made'] {
  const files = options.annotations
  if (!files) return undefined
  const place = files.join(', ')
  const boxesFor = remembered((size) =>
    allBoxes(files, options, size, { tell, ...(config && { classes: config.classes }) }),
  )
  const next = dealing(boxesFor, batches, place)
  return async (given): Promise<MadeInput[]> => {
    if (!config) {
      const what = 'the graph does not say its configuration, which boxes are assigned by'
      return refuse('E_METADATA', place, what, 'make labels with yolo-loss targets, and give those')
    }
    const isTargets = config.graph === 'targets'
    const known = isTargets ? undefined : batchOf(given, config, place)
    const size = known?.size ?? (config.input as Size)
    const boxes = await (known ? next(known) : boxesFor(size))
    tell(fittedNotes(boxes, config, place))
    refuseWide(boxes, largestTable, 'correct the image, or leave it out with --skip and --take')
    const takesBoxes = info.inputs.some(({ name }) => name === boxesName)
    const made = takesBoxes
      ? [{ name: boxesName, tensor: tableOf(asTaken(boxes, config.labels, place), mostRows(boxes).rows) }]
      : asLabels(boxes, size, config)
    return made.map((input) => ({ ...input, file: place }))
  }
}
