import { join } from 'node:path'
import { leftoversIn, quoted } from '../io/index.js'

/** What commands that were cut off, by want of power or a hard kill, have left in folders. */
export const leftovers = (folders: readonly string[]): { readonly what: string; readonly remedy: string }[] =>
  [...new Set(folders)].flatMap((folder) =>
    leftoversIn(folder).map((name) => ({
      what: `${quoted(join(folder, name))} was left there by a command that did not end`,
      remedy: `rm -r ${join(folder, name)}  (when no command is running there)`,
    })),
  )
