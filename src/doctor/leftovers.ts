import { join } from 'node:path'
import { leftoversIn, quoted } from '../io/index.js'

/** What commands that were cut off, by want of power or a hard kill, have left in a folder. */
export const leftovers = (folder: string): { readonly what: string; readonly remedy: string }[] =>
  leftoversIn(folder).map((name) => ({
    what: `${quoted(name)} was left there by a command that did not end`,
    remedy: `rm ${join(folder, name)}  (when no command is running there)`,
  }))
