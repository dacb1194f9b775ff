import { readFileSync, statSync } from 'node:fs'
import { type ParseError, parse, printParseErrorCode, visit } from 'jsonc-parser'
import { whyUnread } from '../../io/index.js'
import { ConfigError, type ConfigInput, parseAnchorList, parseClassList, parseDarknet } from '../../yolo/index.js'

const largestFile = 1 << 20

/** What each flag that names a file takes. */
const taken = {
  config: '--config takes a JSON file, or a Darknet .cfg',
  anchors: '--anchors takes pairs of numbers, or a text file of them in one line',
  classes: '--classes takes a number, or a text file with a name in each line',
}

/** What a file says: values of a configuration, and the input size where it names one. */
export interface ConfigSource {
  readonly values: ConfigInput
  readonly input?: readonly [height: number, width: number]
}

/**
 * Reads a configuration file: Darknet's if its name ends with `.cfg`, else JSON without a key twice; a byte-order mark
 * is skipped. No file is ever run.
 * @throws ConfigError for a file that cannot be read, is too large, or is neither
 */
export function readConfigSource(file: string): ConfigSource {
  if (!file.toLowerCase().endsWith('.cfg')) return { values: readConfig(file) }
  const { input, ...values } = parseDarknet(readText(file, taken.config), file)
  return { values, ...(input ? { input } : {}) }
}

/** Reads a configuration in JSON. @throws ConfigError */
function readConfig(file: string): ConfigInput {
  const text = readText(file, taken.config)
  refuseDepth(text, file)
  const errors: ParseError[] = []
  const value: unknown = parse(text, errors, { disallowComments: true })
  const [first] = errors
  if (first) throw noJson(text, file, first)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ConfigError(file, 'must hold one JSON object')
  refuseKeys(text, file)
  return value
}

/** What else a configuration is written in, by the name of its file or its text, and what to do then. */
const otherKinds: readonly (readonly [what: string, is: (file: string, text: string) => boolean, hint: string])[] = [
  ['code', (file) => /\.([cm]?[jt]s|py)$/i.test(file), 'a configuration is JSON or a Darknet .cfg; code is never run'],
  ['a Darknet file', (_, text) => /^\s*\[(net|network|yolo)\]/m.test(text), 'give it a name that ends with .cfg'],
  [
    'YAML',
    (file, text) => /\.ya?ml$/i.test(file) || (/^[\w-]+:(\s|$)/m.test(text) && !/^\s*[{[]/.test(text)),
    'write it as JSON: {"anchors": [[10,13], [16,30], …], "classes": 80}',
  ],
]

function noJson(text: string, file: string, { error, offset }: ParseError): ConfigError {
  const [what, , hint] = otherKinds.find(([, is]) => is(file, text)) ?? []
  const why = `${printParseErrorCode(error)} ${place(text, offset)}`
  return new ConfigError(file, what ? `is ${what}, not JSON` : `is no JSON: ${why}`, { hint })
}

/** The anchors of a keras-yolo3 text file. @throws ConfigError */
export const readAnchors = (file: string): number[][] => parseAnchorList(readText(file, taken.anchors), file)

/** The class names of a keras-yolo3 text file. @throws ConfigError */
export const readClasses = (file: string, hint = taken.classes): string[] => parseClassList(readText(file, hint), file)

/** Control characters, which no text has but those that part its lines and words. */
const noText = /[^\P{Cc}\t\n\r\f]/u

function readText(file: string, hint: string): string {
  const refused = (why: string) => new ConfigError(file, why, { hint })
  try {
    const info = statSync(file)
    // A pipe or a device could block for ever or never end.
    if (!info.isFile()) throw refused('is no regular file')
    if (info.size > largestFile) throw refused(`has ${info.size} bytes; a configuration has less than ${largestFile}`)
    // Files of the system say 0 bytes, and may block whoever reads on.
    const text = info.size === 0 ? '' : readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
    if (noText.test(text)) throw refused('is no text')
    return text
  } catch (error) {
    if (error instanceof ConfigError) throw error
    throw refused(`cannot be read: ${whyUnread(error)[0]}`)
  }
}

/** Three levels are all a configuration has; the parser recurses into each. */
const deepest = 20

function refuseDepth(text: string, file: string): void {
  let [depth, inString] = [0, false]
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string
    if (c === '"') inString = !inString
    else if (inString && c === '\\') i++
    else if (!inString && '[{'.includes(c)) depth++
    else if (!inString && ']}'.includes(c)) depth--
    if (depth <= deepest) continue
    const hint = 'a configuration is one object of numbers, names and lists of pairs'
    throw new ConfigError(file, `nests lists and objects more than ${deepest} deep, ${place(text, i)}`, { hint })
  }
}

/** JSON leaves open which of two equal keys counts, so neither does; and one key would change the object itself. */
function refuseKeys(text: string, file: string): void {
  const seen: Set<string>[] = []
  visit(text, {
    onObjectBegin: () => void seen.push(new Set()),
    onObjectEnd: () => void seen.pop(),
    onObjectProperty: (key, offset) => {
      if (key === '__proto__') throw new ConfigError(key, `is no option: ${file}, ${place(text, offset)}`)
      if (seen.at(-1)?.has(key)) throw new ConfigError(key, `stands twice in ${file}, again ${place(text, offset)}`)
      seen.at(-1)?.add(key)
    },
  })
}

function place(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n')
  return `at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
}
