import { type AnyTensor, quoted, refuse } from '../../io/index.js'
import type { ModelInfo } from '../../onnx/index.js'
import type { DataOptions, MadeInput } from '../../verify/index.js'
import { assignTargets, BoxError, boxesName, type LossConfig, ofScale } from '../../yolo/index.js'
import type { Annotated } from '../groups/annotations.js'
import { readClasses } from '../groups/configfile.js'
import { asTaken, type Boxes, chosen, joined, mostRows, refuseWide, tableOf } from './boxes.js'
import { headSizes, inputSize } from './headsizes.js'
import { readBoxes } from './readboxes.js'

type Size = readonly [height: number, width: number]

/** Bytes that a table of boxes may have: a batch of a training has some thousand boxes. */
const largestTable = 2 ** 30

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
  const own = files.length === 1 ? { ...(skip !== undefined && { skip }), ...(take !== undefined && { take }) } : {}
  const parts: Boxes[] = []
  for (const file of files) parts.push(await readBoxes(file, { ...fitting, ...own, ...named, input: size }))
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
    const { images } = boxes
    if (known && images !== known.batch) {
      const what = `${images} image${images === 1 ? '' : 's'} of annotations for a batch of ${known.batch}`
      refuse('E_BOXES', place, what, 'images match by order: choose them with --skip and --take')
    }
    refuseWide(boxes, largestTable, 'correct the image, or leave it out with --skip and --take')
    const takesBoxes = info.inputs.some(({ name }) => name === boxesName)
    const made = takesBoxes
      ? [{ name: boxesName, tensor: tableOf(asTaken(boxes, config.labels, place), mostRows(boxes).rows) }]
      : asLabels(boxes, size, config)
    return made.map((input) => ({ ...input, file: place }))
  }
}
