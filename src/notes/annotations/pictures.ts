import type { Found, NoteKind } from '../note.js'

/** A picture that could not be decoded. */
export interface Undecoded {
  readonly path: string
  readonly why: string
}

/** Images that are shown without their pictures. */
export interface PicturesSubject {
  /** Files that are not there. */
  readonly absent: readonly string[]
  readonly undecoded: readonly Undecoded[]
  /** Why none can be decoded. */
  readonly noDecoder?: string | undefined
}

const first = ([found, ...others]: readonly Undecoded[]): Found | undefined =>
  found && { where: found.path, values: { why: found.why }, more: others.length }

export const absentPictures: NoteKind<PicturesSubject> = {
  code: 'absent-pictures',
  what: 'there is no such file: the image is shown without its picture',
  remedy: 'correct its name in the annotations, or name the folder of the images with --images',
  find: ({ absent: [path, ...others] }) => (path === undefined ? undefined : { where: path, values: {}, more: others.length }), // biome-ignore format: one row
}

export const undecodedPictures: NoteKind<PicturesSubject> = {
  code: 'undecoded-pictures',
  what: 'the image is shown without its picture, which cannot be decoded',
  remedy: 'look whether the file is whole; JPEG, PNG and WebP are decoded',
  find: ({ undecoded }) => first(undecoded),
}

export const noDecoder: NoteKind<PicturesSubject> = {
  code: 'no-decoder',
  what: 'images are shown without their pictures, as nothing decodes them here',
  remedy: 'npm install sharp',
  find: ({ noDecoder: why }) => (why === undefined ? undefined : { where: 'sharp', values: { why } }),
}
