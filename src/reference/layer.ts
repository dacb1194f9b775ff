import type { Grid, OracleInput } from './types.js'

/** One scale, with its geometry read off the shapes. */
export interface Layer {
  readonly batch: number
  readonly rows: number
  readonly columns: number
  /** Width and height in pixels of the anchors of this scale. */
  readonly anchors: readonly (readonly [number, number])[]
  readonly classes: number
  /** S: width and height of the network input in pixels, taken from the coarsest grid (S3). */
  readonly input: { readonly width: number; readonly height: number }
  readonly guard: boolean
  readonly logits: Grid['data']
  readonly labels: Grid['data']
}

/** One row of five plus C numbers: where it stands in the grid and where it starts in the data. */
export interface Cell {
  readonly image: number
  readonly row: number
  readonly column: number
  readonly anchor: number
  /** Flat index into `[B,h,w,A]`. */
  readonly index: number
  /** Flat index of the first of its 5 + C numbers, in the logits and in the labels alike (S1). */
  readonly at: number
}

/** Pixels per cell of the coarsest grid. */
export const coarsestStride = 32

/** Element `i`, NaN beyond the end so that a wrong index cannot pass unnoticed. */
export const at = (data: ArrayLike<number>, i: number): number => data[i] ?? Number.NaN

/**
 * The scales of `input`, coarsest first.
 *
 * @throws RangeError if the number of tensors or a shape contradicts the configuration.
 */
export function layersOf(input: OracleInput): Layer[] {
  const { anchorMask, logits, labels } = input
  if (logits.length !== anchorMask.length || labels.length !== anchorMask.length)
    throw new RangeError(
      `${anchorMask.length} scales need as many logits and labels, got ${logits.length}, ${labels.length}`,
    )
  const [, height0 = Number.NaN, width0 = Number.NaN] = logits[0]?.shape ?? []
  const size = { width: coarsestStride * width0, height: coarsestStride * height0 }
  return anchorMask.map((mask, l) => layer(input, l, mask, size))
}

function layer(input: OracleInput, l: number, mask: readonly number[], size: Layer['input']): Layer {
  const { classes, guard = false } = input
  const [logits, labels] = [input.logits[l] as Grid, input.labels[l] as Grid]
  const [batch = Number.NaN, rows = Number.NaN, columns = Number.NaN] = labels.shape
  expectShape(`logits[${l}]`, logits, [batch, rows, columns, mask.length * (5 + classes)])
  expectShape(`labels[${l}]`, labels, [batch, rows, columns, mask.length, 5 + classes])
  const anchors = mask.map((n) => {
    const anchor = input.anchors[n]
    if (!anchor) throw new RangeError(`anchorMask[${l}] names anchor ${n} of ${input.anchors.length}`)
    return anchor
  })
  return { batch, rows, columns, anchors, classes, guard, input: size, logits: logits.data, labels: labels.data }
}

function expectShape(name: string, grid: Grid, shape: readonly number[]): void {
  const size = shape.reduce((n, d) => n * d, 1)
  if (grid.shape.join() !== shape.join() || grid.data.length !== size)
    throw new RangeError(`${name}: expected [${shape}], got [${grid.shape}] with ${grid.data.length} numbers`)
}

/** Every row of a scale in memory order. */
export function* cellsOf(layer: Layer): Generator<Cell> {
  const stride = 5 + layer.classes
  let index = 0
  for (let image = 0; image < layer.batch; image++)
    for (let row = 0; row < layer.rows; row++)
      for (let column = 0; column < layer.columns; column++)
        for (let anchor = 0; anchor < layer.anchors.length; anchor++, index++)
          yield { image, row, column, anchor, index, at: index * stride }
}

/** A row by its flat index into `[B,h,w,A]`. */
export function cellAt({ rows, columns, anchors, classes }: Layer, index: number): Cell {
  const along = [anchors.length, columns, rows]
  const places: number[] = []
  let rest = index
  for (const size of along) {
    places.push(rest % size)
    rest = Math.floor(rest / size)
  }
  const [anchor = 0, column = 0, row = 0] = places
  return { image: rest, row, column, anchor, index, at: index * (5 + classes) }
}

/** Number of rows of a scale, B·h·w·A. */
export const cellCount = (layer: Layer): number => layer.batch * layer.rows * layer.columns * layer.anchors.length
