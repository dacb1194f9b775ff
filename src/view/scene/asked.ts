import { type AnyTensor, float32, refuse, sizeOf } from '../../io/index.js'
import { assignBoxes, type Grid, type OracleInput, type Written } from '../../reference/index.js'
import { Answers, type Beside } from '../../verify/index.js'
import {
  boxEntries,
  boxesName,
  ConfigError,
  coarsestStride,
  isUsual,
  type LossConfig,
  ofScale,
} from '../../yolo/index.js'

/** What a page can be made of: the inputs of a loss, and what is known beside them. */
export interface Scene {
  /** What tells it from another on the same page: a file, a graph. */
  readonly name: string
  readonly config: LossConfig
  /**
   * By the names of our graphs: `y_pred_l` in the layout and of the element type of the configuration, `y_true_l`
   * `[B,h,w,A,5+C]` or `boxes` `[B,T,5]`, `[B,T,6]`, and `normalizer`. Without `y_pred_l`, labels are shown alone.
   */
  readonly feeds: Readonly<Record<string, AnyTensor>>
  /** Height and width of the network input in pixels, where boxes stand alone; default that of the configuration. */
  readonly input?: readonly [height: number, width: number] | undefined
  readonly classNames?: readonly string[] | undefined
  /** Of each image its name and a `data:` address of it as it lies in the network input. */
  readonly images?: readonly { readonly name?: string; readonly picture?: string }[] | undefined
  /** What a graph gave for it. */
  readonly beside?: Beside | undefined
  /** What that graph is called. */
  readonly graph?: string | undefined
  /** Whether all rows are shown with their class logits; default positives, those near a box and the worst 200. */
  readonly full?: boolean | undefined
}

/** A scene as the reference has it. */
export interface Asked extends Scene {
  readonly hasLogits: boolean
  readonly answers: Answers
  readonly input: readonly [height: number, width: number]
  /** Which rows of boxes went where; undefined for dense labels. */
  readonly assigned?: { readonly written: readonly Written[]; readonly refused: readonly number[] } | undefined
}

const where = 'the loss to be shown'

/** Zeros in place of the logits: what does not depend on them is right all the same. */
function unpredicted(scene: Scene): Scene {
  const { config, feeds } = scene
  const size = scene.input ?? config.input
  const zeros = config.anchorMask.map((mask, l): [string, AnyTensor] => {
    const [batch, ...grid] = feeds[ofScale('y_true', l)]?.shape ?? [
      feeds[boxesName]?.shape[0] ?? 0,
      ...(size ?? refuse('E_SIZE', where, 'boxes alone do not say how large the network input is', 'give its height and width')).map((side) => (side / coarsestStride) * 2 ** l), // biome-ignore format: one row
    ]
    const shape = [batch ?? 0, grid[0] ?? 0, grid[1] ?? 0, mask.length * (boxEntries + config.classes)]
    return [ofScale('y_pred', l), float32(shape, new Float32Array(sizeOf(shape)))]
  })
  return { ...scene, config: { ...config, layout: 'nhwc' }, feeds: { ...feeds, ...Object.fromEntries(zeros) } }
}

/** Rows of a page, and of one that shows all with their class logits: browsers hold no more of them with ease. */
const [mostRows, mostFull] = [2 ** 20, 2 ** 17] as const

/** @throws InputError for more rows than a page can hold */
function refuseLarge({ answers: { input }, full = false }: Asked): void {
  const rows = input.labels.reduce((n, _, l) => n + sizesOf(input, l).b * sizesOf(input, l).each, 0)
  const most = full ? mostFull : mostRows
  if (rows <= most) return
  refuse('E_LIMIT', where, `it has ${rows} rows, and a page holds ${most}`, full ? 'show fewer images, or not all in full' : 'show fewer images') // biome-ignore format: one row
}

/** @throws ConfigError for another loss than that of keras-yolo3; InputError for inputs that are not those of a loss of this configuration */
export function asked(scene: Scene): Asked {
  if (!isUsual(scene.config))
    throw new ConfigError('semantics', `is ${scene.config.semantics}, and pages show the loss of keras-yolo3 alone`)
  const hasLogits = scene.config.anchorMask.some((_, l) => scene.feeds[ofScale('y_pred', l)] !== undefined)
  const whole = hasLogits ? scene : unpredicted(scene)
  const config: LossConfig = { ...whole.config, graph: 'loss' }
  const answers = Answers.of(config, whole.feeds)
  if (!answers) return refuse('E_SHAPE', where, 'the arrays are not those of a loss of this configuration', 'shapes follow from anchors, masks, classes and layout') // biome-ignore format: one row
  const [, h = 0, w = 0] = answers.input.logits[0]?.shape ?? []
  const input = [h * coarsestStride, w * coarsestStride] as const
  const assigned = assignmentOf(config, whole.feeds, input)
  const own = { ...scene, config, feeds: whole.feeds, hasLogits, answers, input, assigned }
  refuseLarge(own)
  return own
}

function assignmentOf(config: LossConfig, feeds: Scene['feeds'], [height, width]: Asked['input']): Asked['assigned'] {
  const boxes = feeds[boxesName]
  if (config.labels === 'dense' || !boxes) return undefined
  const { anchors, anchorMask, classes, padding, badBoxes } = config
  const grid = { shape: boxes.shape, data: boxes.data as Float32Array }
  return assignBoxes({ anchors, anchorMask, classes, padding, badBoxes, input: { width, height }, boxes: grid })
}

/** Sizes of a scale: images, rows, columns, anchors, and numbers of each of its rows. */
export function sizesOf(input: OracleInput, l: number) {
  const [b = 0, h = 0, w = 0, a = 0, d = 0] = (input.labels[l] as Grid).shape
  return { b, h, w, a, d, each: h * w * a }
}
