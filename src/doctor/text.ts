import { readFileSync, statSync } from 'node:fs'

// None of the files that tell a version or a name is longer.
const longest = 2 ** 20

/** The text of a small regular file; undefined where there is none. A pipe is not waited for. */
export function smallText(path: string): string | undefined {
  const entry = statSync(path, { throwIfNoEntry: false })
  return entry?.isFile() && entry.size <= longest ? readFileSync(path, 'utf8') : undefined
}
