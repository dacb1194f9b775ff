/** Something that was hardly meant, though a number comes of it. */
export interface Note {
  /** Stable, for programs: `labels-in-pixels`. */
  readonly code: string
  /** The file, option or array, and the place in it. */
  readonly where: string
  /** What stands there, by name; numbers that are not finite as text. */
  readonly values: Readonly<Record<string, string | number>>
  /** What to do about it. */
  readonly remedy: string
  /** How many more of the same there are; absent where there are none. */
  readonly more?: number
}

/** What a kind of note finds in a subject: the first, and how many more there are. */
export interface Found extends Pick<Note, 'where' | 'values' | 'more'> {
  /** In place of that of its kind, where the values decide. */
  readonly remedy?: string
}

/** A kind of note: a mistake that people make, and how it shows in a subject. */
export interface NoteKind<Subject> {
  readonly code: string
  /** What is wrong, as the end of a sentence that begins with the place. */
  readonly what: string
  readonly remedy: string
  /** Looks at a subject, which is never changed. */
  readonly find: (subject: Subject) => Found | undefined
}

/** JSON has no word for the others. */
const portable = (value: string | number): string | number =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value

/** What kinds have to say of a subject. */
export const lookedAt = <Subject>(kinds: readonly NoteKind<Subject>[], subject: Subject): Note[] =>
  kinds.flatMap(({ code, remedy, find }) => {
    const found = find(subject)
    if (!found) return []
    const values = Object.fromEntries(Object.entries(found.values).map(([name, value]) => [name, portable(value)]))
    return [{ code, where: found.where, values, remedy: found.remedy ?? remedy, ...moreOf(found) }]
  })

const moreOf = ({ more = 0 }: Pick<Note, 'more'>): Pick<Note, 'more'> => (more > 0 ? { more } : {})

/** The first note of each kind, with how many more there are of it. */
export function onceEach(notes: readonly Note[]): Note[] {
  const first = new Map<string, Note>()
  for (const note of notes) {
    const known = first.get(note.code)
    first.set(note.code, known ? { ...known, more: (known.more ?? 0) + 1 + (note.more ?? 0) } : note)
  }
  return [...first.values()]
}
