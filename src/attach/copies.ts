import { lstatSync, type Stats } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import type { ExternalData } from '../detector/index.js'
import { quoted, WriteError, writeFailure } from '../io/index.js'
import { ConfigError } from '../yolo/index.js'

/** Where external data lie below the folder of their model, each file once, however it is spelt. */
export const placesOf = (data: readonly ExternalData[]): string[] => [
  ...new Set(data.map(({ location }) => normalize(location))),
]

/** The parts of a path from the first to the last: `a`, `a/b`, `a/b/c`. */
function prefixes(place: string): string[] {
  const parts = place.split('/')
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'))
}

function entryOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    throw writeFailure(error, path)
  }
}

/** A copy must not leave the folder of its target through a link that stands there. */
function refuseInTheWay(place: string, folder: string, force: boolean): void {
  for (const prefix of prefixes(place)) {
    const path = join(folder, prefix)
    const entry = entryOf(path)
    if (!entry) return
    if (entry.isSymbolicLink()) throw new WriteError(path, 'there is a link', 'take it away, or choose another folder')
    const isLast = prefix === place
    if (!isLast && !entry.isDirectory())
      throw new WriteError(path, 'there is a file where a folder must be', 'choose another folder')
    if (isLast && !entry.isFile()) throw new WriteError(path, 'this is no regular file', 'choose another folder')
    if (isLast && !force) throw new WriteError(path, 'there is a file already', 'use --force to replace it')
  }
}

/**
 * Checks where external data would be copied to, all of them before the first is: a model says by what names, and may
 * mean harm.
 * @param places where they lie below the folder, as `placesOf` gives them
 * @param target the model that will stand beside them
 * @throws ConfigError for hidden names, such as shells and other programs look for, without `force`, and for the name of
 *   the target; WriteError for what is in the way, or would be replaced without `force`
 */
export function checkCopies(places: readonly string[], target: string, force: boolean): void {
  const folder = dirname(target)
  for (const place of places) {
    if (place === basename(target))
      throw new ConfigError('output', `has the name of a data file of the model, ${quoted(place)}: name another file`)
    if (!force && place.split('/').some((part) => part.startsWith('.')))
      throw new ConfigError(
        'copyData',
        `would write ${quoted(place)}, a hidden file that other programs may read: use --force if it is right`,
      )
    refuseInTheWay(place, folder, force)
  }
}
