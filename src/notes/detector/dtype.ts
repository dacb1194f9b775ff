import type { NoteKind } from '../note.js'

/** The element type that was asked for, and that of the heads. */
export interface DtypeSubject {
  readonly asked?: string | undefined
  readonly heads: string
}

/** A loss is calculated in the element type that the detector hands out. */
export const dtypeOfHeads: NoteKind<DtypeSubject> = {
  code: 'dtype-of-heads',
  what: 'an element type is asked for, and the heads have another, which the loss takes',
  remedy: 'leave it out, or export the detector in that element type',
  find: ({ asked, heads }) =>
    asked === undefined || asked === heads ? undefined : { where: '--dtype', values: { asked, heads } },
}
