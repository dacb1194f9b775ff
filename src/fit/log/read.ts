import { readLines, refuse, type Tell } from '../../io/index.js'
import { type LogLine, type Settings, settingsIn, whyNoLine } from './line.js'

/** What a line of a log holds. */
export type Entry = { readonly settings: Settings } | { readonly step: LogLine }

/** Logs have a line for each step: nothing but numbers, in far less. */
const longest = 2 ** 20

const remedy = 'it is no log of yolo-loss fit, or of a version that wrote them otherwise'

/**
 * A line of a log.
 * @param number of the line, from 1; only the first may tell settings
 * @throws InputError for one that is none, with its number
 */
export function entryOf(text: string, file: string, number: number): Entry {
  const where = `${file}, line ${number}`
  if (text.length > longest) refuse('E_LOG', where, `has more than ${longest} characters`, remedy)
  const line = parsed(text, where)
  const settings = number === 1 ? settingsIn(line) : undefined
  if (settings) return { settings }
  const why = whyNoLine(line)
  return why === undefined
    ? { step: line as LogLine }
    : refuse('E_LOG', where, `is no step of a training: ${why}`, remedy)
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    return refuse('E_LOG', where, 'is no JSON', remedy, error)
  }
}

const isJson = (text: string): boolean => {
  try {
    return JSON.parse(text) !== undefined
  } catch {
    return false
  }
}

/**
 * Goes through the steps of a log without holding it whole. A last line that was not finished, as whoever is still
 * writing leaves it, is left out.
 * @returns the settings, where its first line tells them
 * @throws InputError as `readLines`, for a line that is none, and for steps that do not go up; whatever `take` throws
 */
export async function readLog(path: string, take: (line: LogLine) => void, tell?: Tell): Promise<Settings | undefined> {
  let settings: Settings | undefined
  let last = -1
  const hear = (text: string, number: number, ended: boolean) => {
    if (!ended && !isJson(text)) return
    const entry = entryOf(text, path, number)
    if ('settings' in entry) {
      settings = entry.settings
      return
    }
    const { step } = entry.step
    if (step <= last)
      refuse('E_LOG', `${path}, line ${number}`, `tells of step ${step} after step ${last}`, 'keep each training in a log of its own') // biome-ignore format: one line
    last = step
    take(entry.step)
  }
  await readLines(path, hear, tell)
  if (last < 0) refuse('E_LOG', path, 'tells of no step', 'wait for the first checkpoint of the training')
  return settings
}
