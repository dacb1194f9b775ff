import { isSameFile } from '../../io/index.js'
import { ConfigError } from '../../yolo/index.js'

/** Files by the words that name them in messages; several, or none. */
export type Paths = Readonly<Record<string, string | readonly string[] | undefined>>

const flat = (paths: Paths): (readonly [what: string, path: string])[] =>
  Object.entries(paths).flatMap(([what, named]) => [named ?? []].flat().map((path) => [what, path] as const))

const refuseEmpty = (what: string, path: string): void => {
  if (path === '') throw new ConfigError(what, 'is empty: name a file')
}

/** @throws ConfigError for an output without a name, and when one would take the place of a file that is read, or of another output */
export function refuseOverwriting(outputs: Paths, sources: Paths): void {
  const all = flat(outputs)
  for (const [i, [what, path]] of all.entries()) {
    if (path === '-') continue
    refuseEmpty(what, path)
    const read = flat(sources).find(([, source]) => isSameFile(path, source))
    if (read) throw new ConfigError(what, `would overwrite ${read[1]}, which is ${read[0]}: name another file`)
    const other = all.slice(0, i).find(([, earlier]) => isSameFile(path, earlier))
    if (other) throw new ConfigError(what, `is ${path}, and so is ${other[0]}: name another file`)
  }
}

/** @throws ConfigError for an output without a name, or of the name - */
export function namedFile(what: string, path: string): void {
  refuseEmpty(what, path)
  if (path === '-') throw new ConfigError(what, 'is -, and this command does not write it to stdout: name a file')
}
