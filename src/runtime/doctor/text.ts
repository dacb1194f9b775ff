import { readFileSync, statSync } from 'node:fs'
import { readFailure } from '../../io/index.js'

// None of the files that tell a version or a name is longer.
const longest = 2 ** 20

/** The text of a small regular file; undefined where there is none. A pipe is not waited for. @throws InputError */
export function smallText(path: string): string | undefined {
  const entry = statSync(path, { throwIfNoEntry: false })
  if (!entry?.isFile() || entry.size > longest) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw readFailure(error, path)
  }
}
