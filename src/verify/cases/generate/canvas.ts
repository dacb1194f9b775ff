import type { Random } from '../../../io/index.js'
import { type Box, type Row, rowAt } from '../scene/rows.js'
import type { Size } from '../scene/scene.js'
import type { SceneConfig, Tensors } from '../scene/tensors.js'

/** Where a row stands within an image. */
export type Spot = Pick<Row, 'scale' | 'row' | 'column' | 'anchor'>

/** What a labelled row is trained towards beside its box. */
interface Said {
  readonly objectness?: number
  /** The classes that hold, or all numbers of the classes. */
  readonly classes?: readonly number[]
}

/** No two of them reach any usual threshold with each other. */
const sizesInCells = [0.3, 0.95, 0.53]

const keyOf = ({ scale, row, column, anchor }: Spot): string => `${scale}/${row}/${column}/${anchor}`

const sigmoid = (t: number): number => 1 / (1 + Math.exp(-t))

/** One image of a batch, on which an idea is painted: labels first, logits when a detector has seen the labels. */
export class Canvas {
  readonly #boxes: number[]
  /** Spots whose predictions are meant for a box of another row. */
  readonly #reserved = new Set<string>()

  /**
   * @param limit most boxes of a scale
   * @param round a number as the element type of the logits has it
   */
  constructor(
    readonly tensors: Tensors,
    readonly config: SceneConfig,
    readonly size: Size,
    readonly image: number,
    readonly random: Random,
    readonly limit: number,
    readonly round: (x: number) => number,
  ) {
    this.#boxes = config.anchorMask.map(() => 0)
  }

  get scales(): readonly number[] {
    return [...this.config.anchorMask.keys()]
  }

  /** Columns and rows of a grid, and its anchors. */
  grid(scale: number): { readonly columns: number; readonly rows: number; readonly anchors: number } {
    const [, rows = 0, columns = 0, anchors = 0] = this.tensors.labels[scale]?.shape ?? []
    return { columns, rows, anchors }
  }

  /** Width and height of an anchor as fractions of the input. */
  anchor({ scale, anchor }: Pick<Spot, 'scale' | 'anchor'>): readonly [number, number] {
    const [w, h] = this.config.anchors[this.config.anchorMask[scale]?.[anchor] ?? 0] as readonly [number, number]
    return [w / this.size[1], h / this.size[0]]
  }

  at(spot: Spot, image = this.image): Row {
    return rowAt(this.tensors, { ...spot, image })
  }

  /** All spots of a scale in memory order. */
  *spots(scale: number): Generator<Spot> {
    const { columns, rows, anchors } = this.grid(scale)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        for (let anchor = 0; anchor < anchors; anchor++) yield { scale, row, column, anchor }
  }

  /** Labels a row, unless the scale has as many boxes as it may. @returns whether it did */
  label(spot: Spot, { x, y, w, h }: Box, { objectness = 1, classes }: Said = {}): boolean {
    const { labels } = this.at(spot)
    const count = this.#boxes[spot.scale] ?? 0
    if (!this.isFree(spot) || count >= this.limit) return false
    this.#boxes[spot.scale] = count + 1
    const own = classes ?? [this.random.integer(0, this.config.classes - 1)]
    const bits = Array.from({ length: this.config.classes }, (_, c) => (own.includes(c) ? 1 : 0))
    labels.set([x, y, w, h, objectness, ...bits])
    return true
  }

  /** Whether a row has neither a box nor a prediction that is meant for one. */
  isFree(spot: Spot): boolean {
    return this.at(spot).labels[4] === 0 && !this.#reserved.has(keyOf(spot))
  }

  /**
   * Labels a box that a row without one is to predict: in the first cell from a given one on where that row is free, and
   * beside it if possible.
   * @returns the row
   */
  pair(from: Spot, box: (spot: Spot) => Box, said: Said = {}): Spot | undefined {
    const { columns, rows } = this.grid(from.scale)
    for (let k = 0; k < columns * rows; k++) {
      const cell = (from.row * columns + from.column + k) % (columns * rows)
      const spot = { ...from, row: Math.floor(cell / columns), column: cell % columns }
      if (!this.isFree(spot)) continue
      this.#reserved.add(keyOf(spot))
      const place = [this.beside(spot), ...this.spots(from.scale)].find((other) => this.isFree(other))
      if (place && this.label(place, box(spot), said)) return spot
      this.#reserved.delete(keyOf(spot))
      return undefined
    }
    return undefined
  }

  /** Writes the first logits of a row, as the element type has them. */
  write(spot: Spot, logits: readonly number[], image = this.image): void {
    this.at(spot, image).logits.set(logits.map(this.round))
  }

  /**
   * Logits of a size in cells that each anchor has its own of, so that predictions beside one another do not cover each
   * other's boxes; float16 has them too.
   */
  sizeFor({ scale, anchor }: Spot, part = 1): readonly [number, number] {
    const { columns, rows } = this.grid(scale)
    const [w, h] = this.anchor({ scale, anchor })
    const cells = part * (sizesInCells[anchor % sizesInCells.length] as number)
    const logit = (x: number) => Math.round(Math.log(x) * 128) / 128
    return [logit(cells / columns / w), logit(cells / rows / h)]
  }

  /** The box that logits predict in a row. */
  boxOf(spot: Spot, [x = 0, y = 0, w = 0, h = 0]: readonly number[]): Box {
    const { columns, rows } = this.grid(spot.scale)
    const [anchorW, anchorH] = this.anchor(spot)
    return {
      x: (sigmoid(x) + spot.column) / columns,
      y: (sigmoid(y) + spot.row) / rows,
      w: Math.exp(w) * anchorW,
      h: Math.exp(h) * anchorH,
    }
  }

  /** The logits that predict a box whose centre lies in the cell of the row, rounded. */
  logitsFor(spot: Spot, { x, y, w, h }: Box): readonly number[] {
    const { columns, rows } = this.grid(spot.scale)
    const [anchorW, anchorH] = this.anchor(spot)
    const inCell = (p: number) => Math.log(p / (1 - p))
    const centre = [x * columns - spot.column, y * rows - spot.row].map((p) =>
      inCell(Math.min(Math.max(p, 1e-3), 0.999)),
    )
    return [...centre, Math.log(w / anchorW), Math.log(h / anchorH)].map(this.round)
  }

  /** A cell other than the given one where a label may stand whose box lies in it: another anchor, or the next cell. */
  beside(spot: Spot): Spot {
    const { columns, anchors } = this.grid(spot.scale)
    if (anchors > 1) return { ...spot, anchor: (spot.anchor + 1) % anchors }
    return { ...spot, column: (spot.column + 1) % columns }
  }
}

/**
 * Something that a wrong graph may get wrong, as an image of a batch. It writes labels at once and gives what is to be
 * written into the logits of a detector that has seen them.
 */
export interface Idea {
  readonly name: string
  /** Whether it writes every logit itself. */
  readonly whole?: true
  readonly paint: (canvas: Canvas) => () => void
}

/** Two ideas in one image. */
export const both = (name: string, a: Idea, b: Idea): Idea => ({
  name,
  paint: (canvas) => {
    const finish = [a, b].map((idea) => idea.paint(canvas))
    return () => {
      for (const write of finish) write()
    }
  },
})

/** Confidence of a prediction whose κ must show in the loss. */
export const bold = 3
