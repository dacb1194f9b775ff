import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** A file of `src` and what it imports. */
export interface SourceFile {
  /** Path below `src`. */
  readonly path: string
  readonly text: string
  /** Paths below `src`. */
  readonly imports: readonly string[]
  /** The same without those that are of types alone. */
  readonly loads: readonly string[]
  /** Names of packages, those of Node among them. */
  readonly packages: readonly string[]
}

/** Whole statements, so that those of types can be told from the others. */
const statement = /^(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'|^import\s+'([^']+)'|import\('([^']+)'\)/gm

/** Path below `src` that a relative import names. */
const target = (from: string, name: string): string =>
  normalize(join(dirname(from), name))
    .replaceAll('\\', '/')
    .replace(/\.js$/, '.ts')

function read(path: string, folder: string): SourceFile {
  const text = readFileSync(join(folder, path), 'utf8')
  const found = [...text.matchAll(statement)].map(([, type, a, b, c]) => ({ type, name: (a ?? b ?? c) as string }))
  const own = found.filter(({ name }) => name.startsWith('.'))
  return {
    path,
    text,
    imports: own.map(({ name }) => target(path, name)),
    loads: own.filter(({ type }) => !type).map(({ name }) => target(path, name)),
    packages: found.map(({ name }) => name).filter((name) => !name.startsWith('.')),
  }
}

/** Every TypeScript file below a folder. */
export const filesIn = (folder: string): SourceFile[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .map((path) => read(path, folder))

/** The same with every import, and every export from elsewhere, in one line. */
export const importsInLine = (text: string): string =>
  text.replace(/^(?:import|export)\s+(?:type\s)?\{[^}]*\} from '[^']+'$/gm, (all) => all.replace(/\s+/g, ' '))

/** Lines that are neither blank nor comment. */
export const codeLines = (text: string): number =>
  text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('//')).length

/** Circles among nodes, each as the nodes that reach one another. */
export function circles(arrows: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const reached = (from: string): Set<string> => {
    const seen = new Set<string>()
    const open = [...(arrows.get(from) ?? [])]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue
      seen.add(next)
      open.push(...(arrows.get(next) ?? []))
    }
    return seen
  }
  const all = new Map([...arrows.keys()].map((node) => [node, reached(node)]))
  const inCircle = [...all].filter(([node, seen]) => seen.has(node)).map(([node]) => node)
  const groups = inCircle.map((node) =>
    inCircle.filter((other) => all.get(node)?.has(other) && all.get(other)?.has(node)),
  )
  return [...new Map(groups.map((group) => [group.join(), group])).values()]
}
