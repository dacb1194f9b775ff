import type { Note } from '../../../notes/index.js'
import type { Progress } from '../../../verify/index.js'
import type { Annotations, Fit } from '../../../yolo/index.js'

export type Size = readonly [height: number, width: number]

/** How boxes are read. */
export interface BoxOptions {
  readonly input: Size
  /** How images come into the input; by default letterboxed, and arrays as they are. */
  readonly fit?: Fit
  /** Size of all images. */
  readonly imageSize?: Size
  /** Folder of the images; default that which goes with the boxes. */
  readonly images?: string
  /** Names of the classes, for boxes that name theirs. */
  readonly classNames?: readonly string[]
  /** Images whose size cannot be told are kept, without boxes; by default they are refused. */
  readonly lenient?: boolean
  readonly skip?: number
  readonly take?: number
  /** How many classes there are, where that is known. */
  readonly classes?: number
  /** Hears of what was hardly meant. */
  readonly tell: (notes: readonly Note[]) => void
  /** Hears how far reading is. */
  readonly progress: Progress
}

/** What a path leads to, as far as formats tell themselves apart by it. */
export interface Place {
  readonly path: string
  /** The first bytes of a file; none of a folder. */
  readonly head: Uint8Array
  /** Names in a folder. */
  readonly entries: readonly string[]
}

/** Boxes as their file has them. */
export interface Source {
  /** Those images that are asked for. */
  readonly annotations: Annotations
  /** How its boxes come into the input unless asked otherwise. */
  readonly fit: Fit
  /** Whether rows of zeros at the end of an image are padding; of annotations each row is a box. */
  readonly padded: boolean
  /** Folder of the images whose size it does not tell. */
  readonly imagesIn: string
  /** Names of the classes by themselves, where it has them and nobody gave others. */
  readonly classNames?: readonly string[] | undefined
}

/** A way to write boxes down. */
export interface Format {
  /** What it is called in messages. */
  readonly name: string
  /** How it looks, for help. */
  readonly looks: string
  /** Whether a path leads to boxes in this format. */
  claims(place: Place): boolean
  /** @throws InputError for what cannot be read, and where no image is left */
  read(place: Place, options: BoxOptions): Promise<Source>
}
