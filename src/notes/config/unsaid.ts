import type { NoteKind } from '../note.js'

/** An option of a graph that decides its numbers, and that a configuration leaves out. */
export interface UnsaidSubject {
  readonly file: string
  readonly key: string
  readonly graph: string
  readonly byDefault: string
}

/** What is left out is not claimed, but who exports with the same configuration gets another graph. */
export const unsaidOption: NoteKind<UnsaidSubject> = {
  code: 'unsaid-option',
  what: 'the graph has another value than the default of an option that your configuration leaves out; it was verified by its own',
  remedy: 'say the value you mean in the configuration: one that contradicts the graph is refused',
  find: ({ file, key, graph, byDefault }) => ({ where: `${file}, "${key}"`, values: { graph, default: byDefault } }),
}
