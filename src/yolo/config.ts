import { opsetRange } from '../graph/graph.js'
import { presets } from './presets.js'
import { nearest } from './suggest.js'

/** Width and height of an anchor box in pixels. */
export type Anchor = readonly [width: number, height: number]

/** Everything that decides what graph is made. */
export interface LossConfig {
  /** Anchors in pixels, width before height; usually 9, or 6 for tiny. */
  readonly anchors: readonly Anchor[]
  /** Indices of the anchors of each scale, coarsest scale first. */
  readonly anchorMask: readonly (readonly number[])[]
  /** Number of classes. */
  readonly classes: number
  /** A background cell whose best IoU reaches this is not punished for its objectness; 0 or more. */
  readonly ignoreThreshold: number
  /** Opset of the graph, 13 to 21. */
  readonly opset: number
  /** Whether the terms, the ignore sum and the positives of each scale are outputs. */
  readonly components: boolean
  /** Whether the ignore masks are outputs. */
  readonly masks: boolean
}

/** A configuration as a person writes it: a preset, and whatever differs from it. */
export type ConfigInput = { readonly [K in keyof LossConfig]?: unknown } & { readonly preset?: unknown }

/** A mistake in a configuration; `key` says where. */
export class ConfigError extends Error {
  readonly exitCode = 2
  override readonly name = 'ConfigError'

  constructor(
    readonly key: string,
    why: string,
  ) {
    super(`"${key}" ${why}`)
  }
}

type Rule = (value: unknown) => string | undefined

const isObject = (x: unknown): x is object => typeof x === 'object' && x !== null && !Array.isArray(x)
const isPositive = (x: unknown): x is number => typeof x === 'number' && x > 0 && Number.isFinite(x)
const isCount = (x: unknown): x is number => Number.isInteger(x) && (x as number) >= 0
const isList = (x: unknown): x is unknown[] => Array.isArray(x) && x.length > 0
const isPair = (x: unknown): boolean => isList(x) && x.length === 2 && x.every(isPositive)
const isIndices = (x: unknown): boolean => isList(x) && x.every(isCount) && new Set(x).size === x.length
const show = (x: unknown): string => JSON.stringify(x, (_, v) => (typeof v === 'number' ? String(v) : v)) ?? String(x)
const must = (what: string, ok: (x: unknown) => boolean): Rule => {
  return (x) => (ok(x) ? undefined : `must be ${what}, got ${show(x).slice(0, 120)}`)
}

/** First entry of a list that breaks a rule, by its place. */
const each =
  (what: string, ok: (x: unknown) => boolean): Rule =>
  (x) => {
    if (!isList(x)) return `must be a list of ${what}s, got ${show(x).slice(0, 120)}`
    const at = x.findIndex((entry) => !ok(entry))
    return at < 0 ? undefined : `must hold ${what}s, got ${show(x[at]).slice(0, 120)} at ${at}`
  }

const isSwitch = must('true or false', (x) => typeof x === 'boolean')

const rules: { readonly [K in keyof LossConfig]: Rule } = {
  anchors: each('pair of positive pixels', isPair),
  anchorMask: each('list of distinct anchor indice', isIndices),
  classes: must('a whole number of 1 or more', (x) => isCount(x) && x > 0),
  ignoreThreshold: must('a number of 0 or more', (x) => Number.isFinite(x) && (x as number) >= 0),
  opset: must(
    `${opsetRange.min} to ${opsetRange.max}`,
    (x) => isCount(x) && x >= opsetRange.min && x <= opsetRange.max,
  ),
  components: isSwitch,
  masks: isSwitch,
}

const defaults = { ignoreThreshold: 0.5, opset: 17, components: false, masks: false }

/**
 * The complete, checked configuration. What `input` leaves out comes from its preset, then from the defaults: the anchor
 * masks of keras-yolo3 for 9 and 6 anchors, threshold 0.5, opset 17.
 * @throws ConfigError naming the key, the rule and the value.
 */
export function resolveConfig(input: ConfigInput): LossConfig {
  if (!isObject(input)) throw new ConfigError('config', `must be an object, got ${show(input)}`)
  const { preset, ...own } = input
  const config: Record<string, unknown> = { ...defaults, ...presetOf(preset), ...own }
  for (const key of Object.keys(config)) if (!Object.hasOwn(rules, key)) throw unknownKey(key)
  // Masks written for other anchors than the preset's would point at the wrong boxes.
  if ('anchors' in own && !('anchorMask' in own)) delete config.anchorMask
  config.anchorMask ??= defaultMask(config.anchors)
  for (const [key, rule] of Object.entries(rules)) {
    const why = config[key] === undefined ? 'is missing' : rule(config[key])
    if (why) throw new ConfigError(key, why)
  }
  const checked = config as unknown as LossConfig
  checkMask(checked)
  return checked
}

function presetOf(name: unknown): Partial<LossConfig> {
  if (name === undefined) return {}
  if (typeof name === 'string' && Object.hasOwn(presets, name)) return presets[name as keyof typeof presets]
  throw new ConfigError('preset', `must be one of ${Object.keys(presets).join(', ')}, got ${show(name)}`)
}

function unknownKey(key: string): ConfigError {
  const guess = nearest(key, [...Object.keys(rules), 'preset'])
  return new ConfigError(key, `is no option${guess ? `: did you mean "${guess}"?` : ''}`)
}

/** The masks of keras-yolo3: 678/345/012 for 9 anchors, 345/123 for 6. Source: `yolo_loss`, `anchor_mask`. */
function defaultMask(anchors: unknown): number[][] | undefined {
  if (!Array.isArray(anchors)) return undefined
  if (anchors.length === 9) return [[6, 7, 8], [3, 4, 5], [0, 1, 2]] // biome-ignore format: one row a scale
  if (anchors.length === 6) return [[3, 4, 5], [1, 2, 3]] // biome-ignore format: one row a scale
  throw new ConfigError('anchors', `must be 9 or 6 pairs when "anchorMask" is not given, got ${anchors.length}`)
}

function checkMask({ anchors, anchorMask }: LossConfig): void {
  const [first, ...rest] = anchorMask as [readonly number[], ...(readonly number[])[]]
  const odd = rest.find((mask) => mask.length !== first.length)
  if (odd)
    throw new ConfigError('anchorMask', `must give every scale as many anchors, got ${first.length} and ${odd.length}`)
  const outside = anchorMask.flat().find((index) => index >= anchors.length)
  if (outside !== undefined)
    throw new ConfigError(
      'anchorMask',
      `names anchor ${outside}, but there are ${anchors.length} (0 to ${anchors.length - 1})`,
    )
}

/** Anchors of one scale, in mask order. */
export const anchorsOf = ({ anchors, anchorMask }: LossConfig, scale: number): Anchor[] =>
  (anchorMask[scale] ?? []).map((index) => anchors[index] as Anchor)
