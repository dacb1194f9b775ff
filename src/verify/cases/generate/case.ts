import { type AnyTensor, halfBits, halfValue, type NamedTensor } from '../../../io/index.js'
import { boxesName, type LossConfig, layouts, ofScale } from '../../../yolo/index.js'
import { fromLabelOrder, headShape } from '../../answers/layout.js'
import type { Tensors } from '../scene/tensors.js'
import type { DataSet, TestCase } from '../testcase.js'

/** A case that holds inputs alone. */
export const inputCase = (dataSets: readonly DataSet[], config: LossConfig | undefined): TestCase => ({
  name: dataSets[0]?.name ?? '',
  dir: dataSets[0]?.name ?? '',
  info: config ? { config } : {},
  tolerances: { standard: undefined, outputs: new Map() },
  dataSets,
})

/** The divisor that a graph with one of its own is given: neither the batch nor a power of two. */
const normalizer = 2.6

/** Tensors as a graph of the configuration takes them. */
export function inputsOf({ logits, labels, boxes }: Tensors, config: LossConfig): NamedTensor<AnyTensor>[] {
  const wide = config.dtype === 'float64'
  const real = (shape: readonly number[], data: ArrayLike<number>): AnyTensor =>
    wide
      ? { dtype: 'float64', shape, data: Float64Array.from(data) }
      : { dtype: 'float32', shape, data: data instanceof Float32Array ? data : Float32Array.from(data) }
  const head = (l: number): AnyTensor => {
    const { shape, data } = inLayout(tensorAt(logits, l), tensorAt(labels, l).shape, config)
    return config.dtype === 'float16'
      ? { dtype: 'float16', shape, data: Uint16Array.from(data, halfBits) }
      : real(shape, data)
  }
  const heads = logits.map((_, l) => ({ name: ofScale('y_pred', l), tensor: head(l) }))
  const truth = boxes
    ? [{ name: boxesName, tensor: boxes }]
    : labels.map(({ shape, data }, l) => ({ name: ofScale('y_true', l), tensor: real(shape, data) }))
  if (config.graph === 'targets') return truth
  if (config.graph !== 'loss') return heads
  return [...heads, ...truth, ...(config.normalizer ? [{ name: 'normalizer', tensor: real([], [normalizer]) }] : [])]
}

const tensorAt = <T>(tensors: readonly T[], l: number): T => tensors[l] as T

/** Logits in the layout of the heads. */
function inLayout({ data }: { readonly data: Float32Array }, labelShape: readonly number[], config: LossConfig) {
  const [b = 0, h = 0, w = 0, a = 0, d = 0] = labelShape
  const sizes = { b, h, w, a, d }
  const layout = layouts[config.layout]
  return { shape: headShape(layout, sizes), data: fromLabelOrder(data, layout, sizes) }
}

/** Data sets that are made when they are wanted. */
export interface SetMaker {
  /** `generated-0/boxes` */
  readonly name: string
  /** How many numbers the inputs have, about. */
  readonly numbers: number
  readonly make: () => DataSet
}

/** A number as the element type of the logits has it. */
export const rounding = ({ dtype }: LossConfig): ((x: number) => number) =>
  dtype === 'float16' ? (x) => halfValue(halfBits(x)) : Math.fround

/** A detector's logits have few digits; float16 should lose some of each. */
export function roughened({ logits }: Pick<Tensors, 'logits'>, round: (x: number) => number): void {
  for (const { data } of logits) data.set(data.map((x, i) => round(x + (((i * 7) % 16) - 8) * 2 ** -15)))
}
