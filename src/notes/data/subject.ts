import { type AnyTensor, isReal, type Real, type Tensor } from '../../io/index.js'
import { boxEntries, boxesName, coarsestStride, dimsOf, type LossConfig, layouts, ofScale } from '../../yolo/index.js'

/** What a graph of the loss is run on. */
export interface DataSubject {
  readonly config: LossConfig
  /** By the names of the inputs: `y_pred_0`, `y_true_0`, `boxes`. */
  readonly inputs: ReadonlyMap<string, AnyTensor>
  /** The file that each of them comes from. */
  readonly from?: ReadonlyMap<string, string>
}

/** The labels `[B, h, w, A, 5+C]` of a scale, and where their rows with an object begin. */
export interface ScaleLabels {
  readonly name: string
  readonly labels: Tensor<Real>
  readonly entries: number
  readonly positives: readonly number[]
}

/** Data as the kinds of notes look at them. */
export interface Looked {
  readonly subject: DataSubject
  /** Absent where the labels are boxes, or none. */
  readonly scales: readonly ScaleLabels[]
  /** `[B, T, 5]` or `[B, T, 6]`. */
  readonly boxes: Tensor<'float32'> | undefined
  /** Height and width in pixels of the network input, as far as they are known. */
  readonly size: readonly [height: number, width: number] | undefined
}

const isRealTensor = (t: AnyTensor | undefined): t is Tensor<Real> => t !== undefined && isReal(t.dtype)
const isNumbers = (t: Tensor<Real>): boolean => t.dtype !== 'float16'

/** Where an input stands, as messages call it. @param index of an element */
export function placeIn({ from }: DataSubject, name: string, index?: readonly number[]): string {
  const file = from?.get(name)
  const element = index ? `${name}[${index}]` : name
  return file === undefined ? element : `${file}, ${element}`
}

/** The logits of a scale, whatever their element type. */
export const logitsOf = ({ inputs }: DataSubject, l: number): Tensor<Real> | undefined => {
  const logits = inputs.get(ofScale('y_pred', l))
  return isRealTensor(logits) ? logits : undefined
}

/** Rows and columns of a scale, by the shape of its logits. */
export function gridOf(subject: DataSubject, l: number): readonly [h: number, w: number] | undefined {
  const dims = dimsOf(layouts[subject.config.layout])
  const shape = logitsOf(subject, l)?.shape
  if (shape?.length !== dims.length) return undefined
  return [shape[dims.indexOf('h')] ?? 0, shape[dims.indexOf('w')] ?? 0]
}

function labelsOf({ inputs, config }: DataSubject, l: number): ScaleLabels | undefined {
  const name = ofScale('y_true', l)
  const labels = inputs.get(name)
  const entries = boxEntries + config.classes
  if (!isRealTensor(labels) || !isNumbers(labels) || labels.shape.length !== 5 || labels.shape[4] !== entries)
    return undefined
  const positives: number[] = []
  for (let at = 0; at < labels.data.length; at += entries)
    if (labels.data[at + boxEntries - 1] !== 0) positives.push(at)
  return { name, labels, entries, positives }
}

/** What the kinds of notes have in common is worked out once. */
export function look(subject: DataSubject): Looked {
  const { config, inputs } = subject
  const boxes = inputs.get(boxesName)
  const coarsest = gridOf(subject, 0)
  return {
    subject,
    scales: config.anchorMask.flatMap((_, l) => labelsOf(subject, l) ?? []),
    boxes: boxes?.dtype === 'float32' && boxes.shape.length === 3 ? (boxes as Tensor<'float32'>) : undefined,
    size: config.input ?? (coarsest && [coarsest[0] * coarsestStride, coarsest[1] * coarsestStride]),
  }
}

/** Where a row of labels stands: image, row, column, anchor. */
export function indexOf({ labels, entries }: ScaleLabels, at: number): number[] {
  const index: number[] = []
  let rest = at / entries
  for (const size of labels.shape.slice(0, 4).toReversed()) {
    index.unshift(rest % size)
    rest = Math.floor(rest / size)
  }
  return index
}
