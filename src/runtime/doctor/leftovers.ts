import { join } from 'node:path'
import { isIncomplete, leftoversIn, listed, quoted } from '../../io/index.js'

/** What commands that were cut off, by want of power or a hard kill, have left in folders: one line for each of them. */
export const leftovers = (folders: readonly string[]): { readonly what: string; readonly remedy: string }[] =>
  [...new Set(folders)].flatMap((folder) => {
    const names = leftoversIn(folder)
    if (names.length === 0) return []
    // Among them may be the only copies of what was there before.
    const first = isIncomplete(folder)
      ? 'write that output again, then '
      : 'where a file is gone, one of them is what it was: give it its name back, or write it again; then '
    return {
      what: `a command that did not end has left ${listed(names)} in ${quoted(folder)}`,
      remedy: `${first}rm -r ${join(folder, '.yolo-loss-*')}  (when no command is running there)`,
    }
  })
