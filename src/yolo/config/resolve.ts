import { nearest } from '../../io/index.js'
import { ConfigError, type ConfigInput, type LossConfig, type TypedInput } from './config.js'
import { conflictIn } from './conflicts.js'
import { formNames, formOf } from './forms.js'
import { defaultMaxBoxes, lossOptions, options } from './options.js'
import { presets } from './presets.js'
import { ruleSettings } from './rules.js'
import { runtimeNames, runtimeOf } from './runtimes.js'
import { show, whyNot } from './schema.js'
import { chosenFrom, isUsual } from './semantics.js'

const defaults = Object.fromEntries(lossOptions.map((option) => [option.key, option.default]))

/**
 * The complete, checked configuration. What `input` leaves out comes from its preset, then from the defaults: the anchor
 * masks of keras-yolo3 for 9 and 6 anchors, threshold 0.5, opset 17.
 * @throws ConfigError naming the key, the rule and the value.
 */
export function resolveConfig(input: ConfigInput): LossConfig {
  if (!isObject(input)) throw new ConfigError('config', `must be an object, got ${show(input)}`)
  const { preset, $schema: _, ...given } = input
  const own = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const config: Record<string, unknown> = { ...defaults, ...presetOf(preset), ...own }
  for (const key of Object.keys(config)) if (!Object.hasOwn(options, key)) throw unknownKey(key)
  const runtime = runtimeNames.find((name) => name === config.for)
  if (runtime && !('form' in own)) config.form = runtimeOf(runtime).forms[0]
  chooseSemantics(config, 'form' in own)
  // Masks written for other anchors than the preset's would point at the wrong boxes.
  if ('anchors' in own && !('anchorMask' in own)) delete config.anchorMask
  config.anchorMask ??= defaultMask(config.anchors)
  if (takesBoxes(config.form)) config.maxBoxes ??= defaultMaxBoxes
  if (config.graph === 'targets' && !('labels' in own)) config.labels = 'boxes'
  if (isObject(config.weights)) config.weights = { ...options.weights.default, ...config.weights }
  const checked = inOrder(config)
  const clash = conflictIn(checked)
  if (clash) throw new ConfigError(clash.key, clash.why(checked), { absent: checked[clash.key] === undefined })
  return checked
}

/**
 * The complete, checked configuration. What `input` leaves out comes from its preset, then from the defaults: the anchor
 * masks of keras-yolo3 for 9 and 6 anchors, threshold 0.5, opset 17.
 * @throws ConfigError naming the key, the rule and the value.
 */
export const resolveTyped = (input: TypedInput): LossConfig => resolveConfig(input)

/** Other semantics than the usual one have forms of their own: where none is given, that which suits the sizes. */
function chooseSemantics(config: Record<string, unknown>, hasForm: boolean): void {
  const { semantics, rules } = config
  if (typeof semantics !== 'string' || !ruleSettings.is(rules)) return // told by the schema
  const chosen = chosenFrom(semantics, rules)
  Object.assign(config, chosen)
  // Where there are none, the very default, by which a stamp knows it.
  if (Object.keys(chosen.rules).length === 0) config.rules = options.rules.default
  if (!isUsual(chosen) && !hasForm) config.form = config.batch && config.input ? 'static' : 'loop'
}

const takesBoxes = (form: unknown): boolean =>
  formNames.some((name) => name === form && formOf(name).takes.includes('maxBoxes'))

const isObject = (x: unknown): x is object => typeof x === 'object' && x !== null && !Array.isArray(x)

/** Checked values, their keys in the order of the options: equal configurations give equal metadata. */
function inOrder(config: Readonly<Record<string, unknown>>): LossConfig {
  const given = lossOptions.filter(({ key, optional }) => !optional || config[key] !== undefined)
  for (const { key, must } of given) {
    const absent = config[key] === undefined
    const why = absent ? 'is missing' : whyNot(must, config[key])
    if (why) throw new ConfigError(key, why, { absent })
  }
  return Object.fromEntries(given.map(({ key }) => [key, config[key]])) as unknown as LossConfig
}

function presetOf(name: unknown): Partial<LossConfig> {
  if (name === undefined) return {}
  if (typeof name === 'string' && Object.hasOwn(presets, name)) return presets[name as keyof typeof presets]
  throw new ConfigError('preset', `must be one of ${Object.keys(presets).join(', ')}, got ${show(name)}`)
}

function unknownKey(key: string): ConfigError {
  const guess = nearest(key, [...Object.keys(options), 'preset'])
  return new ConfigError(key, `is no option${guess ? `: did you mean "${guess}"?` : ''}`)
}

/** The masks of keras-yolo3: 678/345/012 for 9 anchors, 345/123 for 6. Source: `yolo_loss`, `anchor_mask`. */
function defaultMask(anchors: unknown): readonly (readonly number[])[] | undefined {
  if (!Array.isArray(anchors)) return undefined
  if (anchors.length === 9) return presets['yolov3-coco'].anchorMask
  if (anchors.length === 6) return presets['yolov3-tiny-coco'].anchorMask
  throw new ConfigError('anchors', `must be 9 or 6 pairs when "anchorMask" is not given, got ${anchors.length}`)
}
