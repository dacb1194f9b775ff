import { type Note, noteText, onceEach } from '../notes/index.js'

/** Notes of a run, which are told once for each kind when it ends. */
export class Told {
  readonly #all: Note[] = []

  tell(notes: readonly Note[]): void {
    this.#all.push(...notes)
  }

  /** The first of each kind. */
  get notes(): Note[] {
    return onceEach(this.#all)
  }

  /** All of them in words, a line and a hint for each. */
  get text(): string {
    return this.notes.map((note) => `note: ${noteText(note)}\n`).join('')
  }
}
