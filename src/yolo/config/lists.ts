import { ConfigError } from './config.js'

const filled = (text: string): string[] => text.replace(/\r?\n$/, '').split(/\r?\n/)

/** Each two neighbours of an even number of them. */
export const pairsIn = (flat: readonly number[]): number[][] =>
  Array.from({ length: flat.length / 2 }, (_, i) => flat.slice(2 * i, 2 * i + 2))

/**
 * The anchors of a text file as keras-yolo3 has them: `w,h, w,h, …` in one line.
 *
 * Source: keras-yolo3, `train.py`, `get_anchors`, which reads the first line only; further lines are refused here.
 * @param file what to call it in messages
 * @throws ConfigError for a second line, for words that are no numbers, and for an odd count
 */
export function parseAnchorList(text: string, file: string): number[][] {
  const [line = '', ...rest] = filled(text)
  const lines = `${file} has ${rest.length + 1}, and only the first would count`
  if (rest.some((more) => more.trim() !== '')) throw new ConfigError('anchors', `must stand in one line; ${lines}`)
  const words = line.split(/[\s,]+/).filter((word) => word !== '')
  const odd = words.find((word) => !Number.isFinite(Number(word)))
  if (odd !== undefined) throw new ConfigError('anchors', `must be numbers, got "${odd.slice(0, 40)}" in ${file}`)
  if (words.length % 2 !== 0 || words.length === 0)
    throw new ConfigError('anchors', `must be pairs of width and height, got ${words.length} numbers in ${file}`)
  return pairsIn(words.map(Number))
}

/**
 * The class names of a text file, one a line.
 *
 * Source: keras-yolo3, `train.py`, `get_classes`, which counts an empty line as a class; here it is refused.
 * @param file what to call it in messages
 * @throws ConfigError for an empty line, or a name that stands twice
 */
export function parseClassList(text: string, file: string): string[] {
  const names = filled(text).map((line) => line.trim())
  const empty = names.indexOf('')
  if (empty >= 0)
    throw new ConfigError('classes', `must have a name in each line; line ${empty + 1} of ${file} is empty`)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new ConfigError('classes', `holds "${twice.slice(0, 40)}" twice in ${file}`)
  return names
}
