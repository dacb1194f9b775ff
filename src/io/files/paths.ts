import { type BigIntStats, readdirSync, statSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { readFailure } from './read.js'

function entryOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true })
  } catch {
    return undefined
  }
}

/** Whether a path leads to a folder; one that cannot be followed does not, and whoever opens it says why. */
export const isFolder = (path: string): boolean => entryOf(path)?.isDirectory() ?? false

/** Whether two paths lead to one file, through links too. */
export function isSameFile(a: string, b: string): boolean {
  const [one, other] = [entryOf(a), entryOf(b)]
  if (one && other) return one.dev === other.dev && one.ino === other.ino
  return resolve(a) === resolve(b)
}

/** What a folder holds, by name. @throws InputError when it cannot be read */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    throw readFailure(error, folder)
  }
}

/** The files of a folder and of those below it, links to folders not followed, as paths from it. @throws InputError as `namesIn` */
export function namesBelow(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => !entry.isDirectory())
    return files.map(({ parentPath, name }) => relative(folder, resolve(parentPath, name)))
  } catch (error) {
    throw readFailure(error, folder)
  }
}
