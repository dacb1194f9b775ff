import type { Size } from './assign.js'

/** A box in pixels of its image: left, top, right, bottom, class. */
export type BoxRow = readonly [x1: number, y1: number, x2: number, y2: number, label: number]

/** Images with their boxes, each asked for when it is needed: a data set has millions. */
export interface Annotations {
  /** How many images there are. */
  readonly images: number
  /** Name of an image, as the file has it. */
  nameOf(image: number): string
  /** Height and width of an image in pixels, if the file tells. */
  sizeOf(image: number): Size | undefined
  /** How many boxes an image has. */
  countOf(image: number): number
  boxOf(image: number, row: number): BoxRow
  /** Where a box stands, for messages: `line 3, box 2`. */
  placeOf(image: number, row: number): string
  /** The objectness of a box, where the file tells. */
  weightOf?(image: number, row: number): number
}

/** Text from a file, safe to print and not too long. */
export const clip = (text: string): string => text.slice(0, 80).replace(/[\p{Cc}\p{Cf}]/gu, '?')
