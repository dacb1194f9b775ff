import { rename } from 'node:fs/promises'
import { type Content, filledWith } from './atomic.js'
import { Change, together } from './change.js'
import { copiedFrom } from './copy.js'

/** What takes the files of one output. Missing folders are made. */
export interface Output {
  /** @throws WriteError */
  readonly write: (path: string, content: Content) => Promise<void>
  /** Copies a regular file. @throws WriteError */
  readonly copy: (from: string, to: string) => Promise<void>
  /** Takes a new file from elsewhere on the same disk. @throws WriteError */
  readonly move: (from: string, to: string) => Promise<void>
  /** Takes a file away that is there. */
  readonly remove: (path: string) => void
  /** Says that the files of a folder are a whole. */
  readonly mark: (folder: string) => void
}

const outputOf = (change: Change): Output => ({
  write: (path, content) => change.put(path, filledWith(content)),
  copy: (from, to) => change.put(to, copiedFrom(from)),
  move: (from, to) => change.put(to, (temporary) => rename(from, temporary)),
  remove: (path) => change.remove(path),
  mark: (folder) => change.mark(folder),
})

/**
 * Writes several files of which a reader opens one first: all of them or none. That one comes last, and while the others
 * are exchanged it is not there.
 * @param first the file that readers open
 * @throws WriteError as `together`
 */
export const writeBeside = (first: string, put: (output: Output) => Promise<void>): Promise<void> =>
  together(new Change(true), first, (change) => put(outputOf(change)))

/**
 * Writes the files of a folder: all of them or none. While they are exchanged the folder is marked as incomplete, which
 * `readTogether` refuses.
 * @throws WriteError as `together`
 */
export const writeFolder = (folder: string, put: (output: Output) => Promise<void>): Promise<void> =>
  together(new Change(true), folder, (change) => {
    change.mark(folder)
    return put(outputOf(change))
  })
