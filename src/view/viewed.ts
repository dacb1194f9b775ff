/** What a page shows of a batch, without how; `pack` makes text of it. Arrays of numbers stand as typed arrays. */
export interface View {
  readonly title: string
  /** What it was made with: program, version, semantics. */
  readonly made: string
  /** One, or two that are compared image by image. */
  readonly sides: readonly Side[]
}

/** The configuration as far as it decides what is shown. */
export interface ViewedConfig {
  /** Names. */
  readonly classes: readonly string[]
  readonly ignoreThreshold: number
  /** Height and width of the network input in pixels. */
  readonly input: readonly [height: number, width: number]
}

/** A term of the loss (semantics 2). */
export type Term = 'xy' | 'wh' | 'conf' | 'class'

/** Sums of the terms. */
export type Sums = Readonly<Record<Term, number>>

/** A batch and its loss, as the reference has it in float64. */
export interface Side {
  /** What tells it from the other: a file, a graph, semantics. */
  readonly name: string
  readonly config: ViewedConfig
  /** Absent where there are boxes alone, without logits. */
  readonly loss?: number
  /** The least that the loss can be for these labels; what is above it is the excess. */
  readonly floor: number
  /** What sums are divided by to give the loss: the number of images, 1, or a divisor of its own; NaN where there is no loss for a refused box. */
  readonly batch: number
  /** Sums over the batch, undivided; of each scale, and of the positives of each class and of each size of boxes. */
  readonly sums?: {
    readonly scales: readonly Sums[]
    readonly classes: readonly Group[]
    readonly sizes: readonly Group[]
  }
  readonly histograms?: { readonly iou: Histogram; readonly objectness: Histogram }
  /** The rows with the greatest loss, the worst first. */
  readonly worst: readonly Place[]
  /** What is odd, in words: NaN, boxes of no size, boxes that were overwritten. */
  readonly findings: readonly Finding[]
  /** Outputs of a graph beside the reference. */
  readonly outputs?: readonly ComparedOutput[]
  /** The graph that gave them. */
  readonly graph?: ViewedGraph
  readonly images: readonly ViewedImage[]
}

/** Positives that have something in common. */
export interface Group extends Sums {
  readonly name: string
  readonly positives: number
}

export interface Histogram {
  /** One more than there are counts. */
  readonly edges: readonly number[]
  readonly counts: readonly number[]
}

/** A row of a scale: image, scale, and flat index into `[h,w,A]`. */
export interface Place {
  readonly image: number
  readonly scale: number
  readonly row: number
}

export interface Finding {
  readonly text: string
  readonly image?: number
  /** Where in the image, if anywhere. */
  readonly place?: Place
}

export interface ViewedGraph {
  readonly name: string
  /** Its own loss; absent where it gives none. */
  readonly loss?: number
}

/** An output of a graph beside what the reference has for it. */
export interface ComparedOutput {
  readonly name: string
  /** Of scalars; of maps the element that is farthest off. */
  readonly graph: number
  readonly reference: number
  readonly differing: number
  readonly of: number
  readonly differs: boolean
}

export interface ViewedImage {
  readonly name: string
  /** A `data:` address of the image as it lies in the network input. */
  readonly picture?: string
  readonly boxes: readonly ViewedBox[]
  /** Present where a refused box makes its loss NaN. */
  readonly refused?: true
  /** Coarsest first. */
  readonly scales: readonly ViewedScale[]
}

/** A true box. */
export interface ViewedBox {
  /** Left, top, right and bottom in pixels of the network input. */
  readonly box: readonly [number, number, number, number]
  readonly class: number
  readonly objectness: number
  /** Its row, where it has one. */
  readonly place?: Place
  /** Why it has none: overwritten, of an anchor in no mask, refused, padding. */
  readonly lost?: string
  /** The box that the responsible anchor predicts, and their IoU. */
  readonly predicted?: readonly [number, number, number, number]
  readonly iou?: number
}

/** The rows of an image at one scale. */
export interface ViewedScale {
  readonly rows: number
  readonly columns: number
  /** In the order of the anchor mask. */
  readonly anchors: readonly (readonly [number, number])[]
  readonly cells?: Cells
  /** Rows of which all is shown. */
  readonly shown: readonly ShownRow[]
}

/** What is known of each row, `[h,w,A]` flat; `Float32Array`s are packed with eleven bits. */
export interface Cells {
  /** The confidence term. The other terms are 0 but for positives, which are all among the rows shown. */
  readonly conf: Float32Array
  /** Euclidean length of the gradient by the row's logits. */
  readonly slope: Float32Array
  /** Best IoU with the true boxes; −1 where there are none. */
  readonly iou: Float32Array
  /** Index of the true box for which the row is ignored; −1 where it is not. */
  readonly hider: Int16Array
  /** `[h,w,A,4]`: t_x, t_y, t_w, t_h. */
  readonly box: Float32Array
  readonly objectness: Float32Array
  /** Flat indices of rows at which an output of the graph is beyond its tolerance, ascending. */
  readonly differs?: Uint32Array
}

/** A row with its class logits: a positive, one near a box, one of the worst. */
export interface ShownRow {
  readonly row: number
  readonly why: 'positive' | 'near' | 'worst' | 'all'
  /** Index of its true box. */
  readonly of?: number
  /** 5 + C numbers. */
  readonly logits: Float64Array
  readonly labels?: Float64Array
  /** z_xy, t_wh and the box scale s, for positives. */
  readonly targets?: readonly [number, number, number, number, number]
  readonly terms: Sums
  readonly gradient: Float64Array
  /** The same of a graph, as far as it gives them. */
  readonly graph?: Readonly<Record<string, number>>
}
