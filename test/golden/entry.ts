import { readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { type Run, yoloLossHere } from '../support/cli.js'
import { portable } from './portable.js'

/** A command line as one types it after `yolo-loss`, alone or with the files it writes, whose text is shown too. */
export type Line = string | readonly [line: string, ...files: string[]]

/** What stands in single quotes is one word, as in a shell. */
const words = (line: string): string[] => [...line.matchAll(/'([^']*)'|\S+/g)].map(([word, inside]) => inside ?? word)

/** A last line without its end would look like one with it. */
function section(title: string, text: string): string[] {
  if (text === '') return []
  return [`--- ${title}`, text.endsWith('\n') ? text.slice(0, -1) : `${text}\n(no end of line)`]
}

async function shown(line: string, { code, stdout, stderr }: Run, files: readonly string[]): Promise<string> {
  const written = files.map(async (file) => section(file, await readFile(file, 'utf8')))
  const parts = [section('stdout', stdout), section('stderr', stderr), ...(await Promise.all(written))]
  return [`$ yolo-loss${line === '' ? '' : ` ${line}`}`, `exit ${code}`, ...parts.flat()].join('\n')
}

/** Everything a run shows, in words that are the same on every machine. */
export async function entry(asked: Line): Promise<string> {
  const [line = '', ...files] = typeof asked === 'string' ? [asked] : asked
  return portable(await shown(line, await yoloLossHere(words(line)), files))
}

/** Runs what the entries of a file need; it must succeed. */
export async function prepare(...lines: readonly string[]): Promise<void> {
  for (const line of lines) expect(await yoloLossHere(words(line)), line).toMatchObject({ code: 0 })
}

/**
 * Holds what command lines show against the file `texts/NAME.txt`; `vitest -u` writes it anew.
 * @param normal what more depends on the machine, and how it is told
 */
export async function golden(
  name: string,
  lines: readonly Line[],
  normal: (text: string) => string = (text) => text,
): Promise<void> {
  const entries: string[] = []
  for (const line of lines) entries.push(normal(await entry(line)))
  await expect(`${entries.join('\n\n')}\n`).toMatchFileSnapshot(`texts/${name}.txt`)
}
