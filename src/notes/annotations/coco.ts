import type { NoteKind } from '../note.js'

/** What a file of COCO instances says of its categories and boxes. */
export interface CocoSubject {
  readonly file: string
  /** Names in the order of their ids. */
  readonly categories: readonly string[]
  /** How many classes the loss has, where that is known. */
  readonly classes?: number | undefined
  /** Whether names of the classes were given, so that categories find theirs by name. */
  readonly named: boolean
  /** Boxes around a crowd, and where the first stands. */
  readonly crowds: number
  readonly firstCrowd?: string | undefined
}

/** Categories take the places of classes in the order of their ids, whatever they are. */
export const categoriesUnlikeClasses: NoteKind<CocoSubject> = {
  code: 'categories-unlike-classes',
  what: 'there are not as many categories as classes, and each stands for the class at its place',
  remedy: 'give the names of the classes, one a line, with --names FILE: categories find theirs by name',
  find: ({ file, categories, classes, named }) =>
    named || classes === undefined || categories.length === classes
      ? undefined
      : { where: file, values: { categories: categories.length, classes } },
}

/** keras-yolo3 reads a crowd as a box like any other. */
export const crowdBoxes: NoteKind<CocoSubject> = {
  code: 'crowd-boxes',
  what: 'a box is around a crowd (iscrowd), and becomes an object like any other, as in keras-yolo3',
  remedy: 'leave crowds out of the file if single objects alone are to be learnt',
  find: ({ file, crowds, firstCrowd }) =>
    crowds === 0 ? undefined : { where: firstCrowd ?? file, values: { crowds }, more: crowds - 1 },
}
