import { type BigIntStats, statSync } from 'node:fs'
import { resolve } from 'node:path'

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
