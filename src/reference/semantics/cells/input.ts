import type { Box } from '../../boxes.js'
import { coarsestStride } from '../../layer.js'
import type { Grid, OracleInput } from '../../types.js'

export { at } from '../../layer.js'

/** Everything a loss depends on, but for its rules, of which some say θ. Scales are ordered from the coarsest grid to the finest. */
export interface SemanticsInput extends Omit<OracleInput, 'labels'> {
  /**
   * Per scale `[B,h,w,A,5+C]`, which are assigned already; or `[B,M,5]` rows `xmin ymin xmax ymax class` in pixels of the
   * network input, `[B,M,6]` with an objectness last.
   */
  readonly labels: readonly Grid[] | Grid
}

/** Whether boxes are assigned already. */
export const isDense = (labels: SemanticsInput['labels']): labels is readonly Grid[] => Array.isArray(labels)

/** One scale, with its geometry. */
export interface Scale {
  /** Which one, the coarsest is 0. */
  readonly l: number
  readonly batch: number
  readonly rows: number
  readonly columns: number
  /** Indices of the anchors of this scale, and their width and height in pixels. */
  readonly mask: readonly number[]
  readonly anchors: readonly (readonly [number, number])[]
  readonly classes: number
  /** Width and height of the network input in pixels. */
  readonly input: { readonly width: number; readonly height: number }
  readonly logits: Grid['data']
}

/** A row of predictions: a cell and an anchor of a scale. */
export interface Place {
  readonly image: number
  readonly row: number
  readonly column: number
  readonly anchor: number
  /** Flat index into `[B,h,w,A]`. */
  readonly index: number
}

/** Where the numbers of a row of predictions start. */
export const startOf = ({ classes }: Scale, index: number): number => index * (5 + classes)

/** Number of rows of predictions of a scale. */
export const countOf = ({ batch, rows, columns, anchors }: Scale): number => batch * rows * columns * anchors.length

/** A cell and anchor as a flat index. */
export const indexOf = (scale: Scale, image: number, row: number, column: number, anchor: number): number =>
  ((image * scale.rows + row) * scale.columns + column) * scale.anchors.length + anchor

/** A flat index as a cell and anchor. */
export function placeAt({ rows, columns, anchors }: Scale, index: number): Place {
  const [cell, anchor] = [Math.floor(index / anchors.length), index % anchors.length]
  const [line, column] = [Math.floor(cell / columns), cell % columns]
  return { image: Math.floor(line / rows), row: line % rows, column, anchor, index }
}

/** Width and height of an anchor as fractions of the input. */
export function anchorOf({ anchors, input }: Scale, anchor: number): readonly [number, number] {
  const [w, h] = anchors[anchor] as readonly [number, number]
  return [w / input.width, h / input.height]
}

/** The anchor, standing in the middle of its cell. */
export function priorOf(scale: Scale, { row, column, anchor }: Place): Box {
  const [w, h] = anchorOf(scale, anchor)
  return { x: (column + 0.5) / scale.columns, y: (row + 0.5) / scale.rows, w, h }
}

/**
 * The scales of an input.
 * @throws RangeError if the number of tensors or a shape contradicts the configuration
 */
export function scalesOf(input: SemanticsInput): Scale[] {
  const { anchors, anchorMask, classes, logits, labels } = input
  if (logits.length !== anchorMask.length)
    throw new RangeError(`${anchorMask.length} scales need as many logits, got ${logits.length}`)
  const [batch = Number.NaN, height = Number.NaN, width = Number.NaN] = logits[0]?.shape ?? []
  const scales = anchorMask.map((mask, l): Scale => {
    const { shape, data } = logits[l] as Grid
    const [, rows = Number.NaN, columns = Number.NaN] = shape
    expectShape(`logits[${l}]`, logits[l] as Grid, [batch, rows, columns, mask.length * (5 + classes)])
    const own = mask.map((n) => anchors[n] ?? wrong(`anchorMask[${l}] names anchor ${n} of ${anchors.length}`))
    const size = { width: coarsestStride * width, height: coarsestStride * height }
    return { l, batch, rows, columns, mask, anchors: own, classes, input: size, logits: data }
  })
  expectLabels(labels, scales)
  return scales
}

function expectLabels(labels: SemanticsInput['labels'], scales: readonly Scale[]): void {
  if (!isDense(labels)) {
    const [, rows = 0, numbers = 0] = labels.shape
    const batch = scales[0]?.batch ?? 0
    expectShape('boxes', labels, [batch, rows, numbers === 6 ? 6 : 5])
    return
  }
  if (labels.length !== scales.length) wrong(`${scales.length} scales need as many labels, got ${labels.length}`)
  for (const [l, { batch, rows, columns, anchors, classes }] of scales.entries())
    expectShape(`labels[${l}]`, labels[l] as Grid, [batch, rows, columns, anchors.length, 5 + classes])
}

function expectShape(name: string, grid: Grid, shape: readonly number[]): void {
  const size = shape.reduce((n, d) => n * d, 1)
  if (grid.shape.join() !== shape.join() || grid.data.length !== size)
    wrong(`${name}: expected [${shape}], got [${grid.shape}] with ${grid.data.length} numbers`)
}

function wrong(why: string): never {
  throw new RangeError(why)
}
