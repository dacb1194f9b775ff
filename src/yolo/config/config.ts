import { nearest } from '../../io/index.js'
import { presets } from './presets.js'
import { conflict, rules, show } from './rules.js'
import type { Anchor, LayoutName, Terms } from './vocabulary.js'

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
  /** The loss, or the decoded head alone: `yolo_head` with `calc_loss` false (`head`) or true (`head-loss`). */
  readonly graph: 'loss' | 'head' | 'head-loss'
  /**
   * How the loss is computed; the numbers are the same. `compact` does only the work the boxes ask for; `static` has
   * fixed sizes and no integer arithmetic, for GPUs and compilers; `loop` is the original's, image by image.
   */
  readonly form: 'compact' | 'static' | 'loop'
  /** Fixed batch size; needed by `static`, otherwise the batch is open. */
  readonly batch?: number
  /** Fixed height and width of the input in pixels; needed by `static`, otherwise the grids are open. */
  readonly input?: readonly [height: number, width: number]
  /** Most boxes of an image and scale in the static form, which always has it; with more the loss is NaN. */
  readonly maxBoxes?: number
  /** Memory layout of the logits. */
  readonly layout: LayoutName
  /** Element type of the logits; float16 is calculated in float32, in which the labels then are. */
  readonly dtype: 'float16' | 'float32' | 'float64'
  /**
   * What will differentiate the graph, if not we: for `ort-training` −|t| is made so that its derivative at t = 0 suits the
   * cross-entropy, and no Split has outputs that are not used.
   */
  readonly for?: 'ort-training'
  /** Opset of the graph, 13 to 21. */
  readonly opset: number
  /** `batch-mean` divides by the batch, `sum` by nothing, `none` gives the undivided loss of each image, `[B]`. */
  readonly reduction: 'batch-mean' | 'sum' | 'none'
  /** Whether a last input `normalizer`, rank 0, divides in place of the batch. */
  readonly normalizer: boolean
  /** Rank of the loss: 0, or 1 for `[1]`. */
  readonly lossRank: 0 | 1
  /** Weights of the terms. */
  readonly weights: Terms<number>
  /** Whether positives of width or height 0 are left out of the wh term; the original gives +∞. */
  readonly guard: boolean
  /**
   * Whether the static form compares an IoU with the threshold without a division for each pair of cell and box: less time,
   * but an IoU within rounding of the threshold may fall on its other side.
   */
  readonly divisionFree: boolean
  /** Whether the terms, the ignore sum and the positives of each scale are outputs. */
  readonly components: boolean
  /** Whether the ignore masks are outputs. */
  readonly masks: boolean
  /** Whether counts that explain a loss, and the least value it can take, are outputs. */
  readonly diagnostics: boolean
  /** Whether the derivatives of the loss by the logits are outputs. */
  readonly gradients: boolean
}

/** A configuration as a person writes it: a preset, and whatever differs from it. */
export type ConfigInput = { readonly [K in keyof LossConfig]?: unknown } & { readonly preset?: unknown }

/** A mistake in a configuration; `key` says where. A command ends with exit code 2. */
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

/** Most boxes of an image and scale in the static form, unless said otherwise. */
export const defaultMaxBoxes = 100

/** What holds where neither the person nor the preset says otherwise. */
export const defaults = {
  ignoreThreshold: 0.5,
  graph: 'loss',
  form: 'compact',
  layout: 'nhwc',
  dtype: 'float32',
  opset: 17,
  reduction: 'batch-mean',
  normalizer: false,
  lossRank: 0,
  weights: { xy: 1, wh: 1, conf: 1, class: 1 },
  guard: false,
  divisionFree: false,
  components: false,
  masks: false,
  diagnostics: false,
  gradients: false,
} as const satisfies Partial<LossConfig>

/** What need not be known. */
const optional: ReadonlySet<string> = new Set(['batch', 'input', 'maxBoxes', 'for'])

/**
 * The complete, checked configuration. What `input` leaves out comes from its preset, then from the defaults: the anchor
 * masks of keras-yolo3 for 9 and 6 anchors, threshold 0.5, opset 17.
 * @throws ConfigError naming the key, the rule and the value.
 */
export function resolveConfig(input: ConfigInput): LossConfig {
  if (!isObject(input)) throw new ConfigError('config', `must be an object, got ${show(input)}`)
  const { preset, ...given } = input
  const own = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const config: Record<string, unknown> = { ...defaults, ...presetOf(preset), ...own }
  for (const key of Object.keys(config)) if (!Object.hasOwn(rules, key)) throw unknownKey(key)
  // Masks written for other anchors than the preset's would point at the wrong boxes.
  if ('anchors' in own && !('anchorMask' in own)) delete config.anchorMask
  config.anchorMask ??= defaultMask(config.anchors)
  if (config.form === 'static') config.maxBoxes ??= defaultMaxBoxes
  if (isObject(config.weights)) config.weights = { ...defaults.weights, ...config.weights }
  for (const [key, rule] of Object.entries(rules)) {
    if (config[key] === undefined && optional.has(key)) continue
    const why = config[key] === undefined ? 'is missing' : rule(config[key])
    if (why) throw new ConfigError(key, why)
  }
  const checked = inOrder(config) as unknown as LossConfig
  const clash = conflict(checked)
  if (clash) throw new ConfigError(...clash)
  return checked
}

const isObject = (x: unknown): x is object => typeof x === 'object' && x !== null && !Array.isArray(x)

/** Keys in the order of the rules: equal configurations give equal metadata. */
const inOrder = (config: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.keys(rules).flatMap((key) => (config[key] === undefined ? [] : [[key, config[key]]])))

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
function defaultMask(anchors: unknown): readonly (readonly number[])[] | undefined {
  if (!Array.isArray(anchors)) return undefined
  if (anchors.length === 9) return presets['yolov3-coco'].anchorMask
  if (anchors.length === 6) return presets['yolov3-tiny-coco'].anchorMask
  throw new ConfigError('anchors', `must be 9 or 6 pairs when "anchorMask" is not given, got ${anchors.length}`)
}

/** Anchors of one scale, in mask order. */
export const anchorsOf = ({ anchors, anchorMask }: LossConfig, scale: number): Anchor[] =>
  (anchorMask[scale] ?? []).map((index) => anchors[index] as Anchor)
