import { dirname } from 'node:path'
import { encodeNpz, isForeseen, type Output, readArrays, readBytes, readTogether, refuse } from '../io/index.js'
import { type LogLine, logText, type Settings } from './log/line.js'
import { entryOf } from './log/read.js'
import type { Values } from './loop.js'

/** How far a training has come: enough to go on with it bit for bit. */
export interface Checkpoint {
  readonly settings: Settings
  readonly values: Values
  /** A line for each step so far. */
  readonly log: readonly LogLine[]
}

/** Where the log of a checkpoint lies. */
export const logBeside = (values: string): string => `${values.replace(/\.npz$/i, '')}.jsonl`

const decoder = new TextDecoder()

const begins = 'it lies beside the weights of a training: name those, or begin anew without --resume'

/** Puts a checkpoint among the files that are written: an archive of arrays, and its log beside it. */
export async function putCheckpoint(to: Output, path: string, { settings, values, log }: Checkpoint): Promise<void> {
  const arrays = Object.entries(values).map(([name, tensor]) => ({ name, tensor }))
  await to.write(logBeside(path), logText(settings, log))
  await to.write(path, await encodeNpz(arrays))
}

/** The log of a checkpoint. @throws InputError for lines that are none */
export function parseLog(text: string, file: string): Pick<Checkpoint, 'settings' | 'log'> {
  const lines = text.split('\n').slice(0, -1)
  const entries = lines.map((line, i) => entryOf(line, file, i + 1))
  const [first, ...steps] = entries
  if (!first || !('settings' in first))
    return refuse('E_LOG', file, 'does not begin with the settings of a training', begins)
  return { settings: first.settings, log: steps.flatMap((entry) => ('step' in entry ? [entry.step] : [])) }
}

/** Reads a checkpoint. @param path of its arrays @throws InputError for what is none */
export const readCheckpoint = (path: string): Promise<Checkpoint> =>
  readTogether(dirname(path), async () => {
    const values = Object.fromEntries(await readArrays(path))
    const text = await readBytes(logBeside(path)).catch((error: unknown) => {
      if (!isForeseen(error)) throw error
      return refuse('E_LOG', path, `has no log beside it: ${error.lead}`, 'begin anew without --resume', error)
    })
    return { values, ...parseLog(decoder.decode(text), logBeside(path)) }
  })

/** The first setting that differs, and both its values. */
export function differing(was: Settings, is: Settings) {
  const key = Object.keys({ ...was, ...is }).find((name) => was[name] !== is[name])
  return key === undefined ? undefined : { key, was: was[key], is: is[key] }
}
