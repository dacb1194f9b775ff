import type { NoteKind } from '../note.js'

/** Boxes of annotations as they come into the network input. */
export interface FittedSubject {
  /** What to call the annotations. */
  readonly place: string
  /** Where boxes stand that have no width in the input. */
  readonly vanished: readonly string[]
  /** Most boxes of an image. */
  readonly rows: number
  /** Rows of each image that a graph computes, whether the data have them or not; absent where it takes what there is. */
  readonly room?: number | undefined
}

/** Boxes that became so small in the input that they are none. */
export const vanishedBoxes: NoteKind<FittedSubject> = {
  code: 'vanished-boxes',
  what: 'a box has no width in the network input, and is no box there',
  remedy: 'leave it out, or train with a larger input',
  find: ({ vanished: [first, ...others] }) =>
    first === undefined ? undefined : { where: first, values: {}, more: others.length },
}

/** Images in which there is nothing. */
export interface ImagesSubject {
  readonly place: string
  readonly images: number
  readonly boxes: number
}

/** Without a box all is background, which was hardly meant. */
export const noBox: NoteKind<ImagesSubject> = {
  code: 'no-box',
  what: 'no image has a box: all of them are background',
  remedy: 'look at the names of the files of labels, and where they lie',
  find: ({ place, images, boxes }) => (boxes > 0 ? undefined : { where: place, values: { images } }),
}

/** Time of a graph of fixed sizes goes with its rows. */
export const spareRows: NoteKind<FittedSubject> = {
  code: 'spare-rows',
  what: 'the graph has room for more than twice as many boxes as an image has, and computes them all',
  remedy: 'export it with --max-boxes-of these annotations, which is faster',
  find: ({ place, rows, room }) =>
    room === undefined || room <= 2 * rows
      ? undefined
      : { where: place, values: { room, boxes: rows }, remedy: `export it with --max-boxes ${rows}, which is faster` },
}
