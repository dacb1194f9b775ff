import { readFileSync } from 'node:fs'
import { type Command, InvalidArgumentError } from 'commander'
import { type ParseError, parse, printParseErrorCode, visit } from 'jsonc-parser'
import { ConfigError, type ConfigInput, type LossConfig, resolveConfig } from '../yolo/config.js'
import { presets } from '../yolo/presets.js'

/** Flags that make up a configuration; each wins over the file, the file over the preset. */
interface ConfigFlags {
  readonly preset?: string
  readonly config?: string
  readonly anchors?: number[][]
  readonly classes?: number
  readonly anchorMask?: number[][]
  readonly ignoreThresh?: number
  readonly opset?: number
  readonly components?: boolean
  readonly masks?: boolean
}

/** Adds the flags of `configFrom` to a command. */
export function addConfigFlags(command: Command): Command {
  return command
    .option('--preset <name>', `start from ${Object.keys(presets).join(' or ')}`)
    .option('--config <file>', 'JSON file: anchors, anchorMask, classes, ignoreThreshold, …')
    .option('--anchors <list>', 'pairs of pixels, width then height: "10,13 16,30 …"', parseAnchors)
    .option('--classes <n>', 'number of classes', parseNumber)
    .option('--anchor-mask <list>', 'anchor indices of each scale, coarsest first: 6,7,8/3,4,5/0,1,2', parseMask)
    .option('--ignore-thresh <x>', 'IoU from which a background cell is ignored', parseNumber)
    .option('--opset <n>', 'ONNX opset, 13 to 21 (default 17)', parseNumber)
    .option('--components', 'also output the terms, the ignore sum and the positives of each scale')
    .option('--masks', 'also output the ignore masks')
}

/**
 * The configuration that flags, file and preset give together.
 * @throws ConfigError for a value that breaks a rule, or when there is nothing to start from
 */
export function configFrom(flags: ConfigFlags): LossConfig {
  const { preset, config: file, ignoreThresh, ...rest } = flags
  const own = { ...rest, preset, ignoreThreshold: ignoreThresh }
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined))
  if (preset === undefined && file === undefined && flags.anchors === undefined)
    throw new ConfigError(
      'preset',
      `is missing: give --preset (${Object.keys(presets).join(', ')}), --config or --anchors`,
    )
  return resolveConfig({ ...(file === undefined ? {} : readConfig(file)), ...given })
}

const largestFile = 1 << 20

/** Reads a configuration file: JSON, no key twice, a byte-order mark allowed. @throws ConfigError */
export function readConfig(file: string): ConfigInput {
  const text = readText(file)
  const errors: ParseError[] = []
  const value: unknown = parse(text, errors, { disallowComments: true })
  const [first] = errors
  if (first) throw new ConfigError(file, `is no JSON: ${printParseErrorCode(first.error)} ${place(text, first.offset)}`)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ConfigError(file, 'must hold one JSON object')
  refuseRepeats(text, file)
  return value
}

function readText(file: string): string {
  try {
    const bytes = readFileSync(file)
    if (bytes.length > largestFile)
      throw new ConfigError(file, `has ${bytes.length} bytes; a configuration has less than ${largestFile}`)
    return bytes.toString('utf8').replace(/^\uFEFF/, '')
  } catch (error) {
    if (error instanceof ConfigError) throw error
    throw new ConfigError(file, `cannot be read: ${(error as NodeJS.ErrnoException).code}`)
  }
}

/** JSON leaves open which of two equal keys counts, so neither does. */
function refuseRepeats(text: string, file: string): void {
  const seen: Set<string>[] = []
  visit(text, {
    onObjectBegin: () => void seen.push(new Set()),
    onObjectEnd: () => void seen.pop(),
    onObjectProperty: (key, offset) => {
      if (seen.at(-1)?.has(key)) throw new ConfigError(key, `stands twice in ${file}, again ${place(text, offset)}`)
      seen.at(-1)?.add(key)
    },
  })
}

function place(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n')
  return `at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
}

function parseNumber(text: string): number {
  const x = Number(text)
  if (text.trim() === '' || Number.isNaN(x)) throw new InvalidArgumentError(`"${text}" is no number.`)
  return x
}

const numbersIn = (text: string, separator: RegExp): number[] => text.trim().split(separator).map(parseNumber)

function parseAnchors(text: string): number[][] {
  const flat = numbersIn(text, /[\s,]+/)
  if (flat.length % 2 !== 0) throw new InvalidArgumentError(`${flat.length} numbers do not make pairs.`)
  return Array.from({ length: flat.length / 2 }, (_, i) => flat.slice(2 * i, 2 * i + 2))
}

const parseMask = (text: string): number[][] => text.split('/').map((mask) => numbersIn(mask, /[\s,]+/))
