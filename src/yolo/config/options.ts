import { type Changes, profileNames } from '../../reference/semantics/records.js'
import { formNames } from './forms.js'
import { ruleSettings } from './rules.js'
import { runtimeNames } from './runtimes.js'
import * as be from './schema.js'
import { layoutNames, ofEachTerm, termNames } from './vocabulary.js'

/** What an option decides: which inputs suit the graph, which numbers come out, or which further outputs there are. */
type Decided = 'inputs' | 'numbers' | 'outputs'

interface OptionRecord {
  readonly must: be.Schema<unknown>
  /** What holds where neither a person nor a preset says otherwise. */
  readonly default?: unknown
  /** Whether it may be left out, without a default. */
  readonly optional?: true
  /** Options that decide nothing of this are about the way to the numbers. */
  readonly decides?: Decided | undefined
  /** Its flag, where that is not the key. */
  readonly flag?: string
  /** What the flag takes, where the kind of value does not tell. */
  readonly takes?: string
  readonly help: string
  /** Whether a graph's metadata name it only where it is not the default, so that older graphs keep theirs. */
  readonly quiet?: true
}

/** Off, unless switched on. */
const off = (help: string, decides?: Decided) => ({ must: be.onOrOff, default: false, decides, help })

const noChanges: Changes = {}

/** Most boxes of an image and scale in the static form, unless said otherwise. */
export const defaultMaxBoxes = 100

/** Every option, in the order of a graph's metadata; checks, flags, help and what fixtures must share follow from it. */
export const options = {
  /** Anchors in pixels, width before height; usually 9, or 6 for tiny. */
  anchors: {
    must: be.anchorPairs,
    decides: 'inputs',
    help: 'pairs of pixels, width then height: "10,13 16,30 …", or a file of them',
  },
  /** Indices of the anchors of each scale, coarsest scale first. */
  anchorMask: {
    must: be.anchorIndices,
    decides: 'inputs',
    help: 'anchor indices of each scale, coarsest first: 6,7,8/3,4,5/0,1,2',
  },
  /** Number of classes. */
  classes: { must: be.classCount, decides: 'inputs', help: 'number of classes, or a file of their names' },
  /** A background cell whose best IoU reaches this is not punished for its objectness; 0 or more. */
  ignoreThreshold: {
    must: be.notNegative,
    default: 0.5,
    decides: 'inputs',
    flag: 'ignore-thresh',
    takes: 'x',
    help: 'IoU from which a background cell is ignored',
  },
  /**
   * The loss; the decoded head alone, `yolo_head` with `calc_loss` false (`head`) or true (`head-loss`); or the target
   * assignment alone, `preprocess_true_boxes` (`targets`).
   */
  graph: {
    must: be.oneOf('loss', 'head', 'head-loss', 'targets'),
    default: 'loss',
    decides: 'numbers',
    help: 'loss; the decoded head alone: head, head-loss; or targets: boxes to labels',
  },
  /** How the loss is computed, see `forms`; the numbers are the same. */
  form: { must: be.oneOf(...formNames), default: 'compact', help: 'compact, static or loop' },
  /** Fixed batch size; needed by `static`, otherwise the batch is open. */
  batch: { must: be.count, optional: true, help: 'fixed batch size' },
  /** Fixed height and width of the input in pixels; needed by `static`, otherwise the grids are open. */
  input: { must: be.inputSize, optional: true, help: 'fixed input size in pixels, height first' },
  /**
   * From dense labels: most boxes of an image and scale in the static form, with more the loss is NaN. From boxes: the rows
   * of each image. The static form always has it.
   */
  maxBoxes: {
    must: be.count,
    optional: true,
    help: `rows of boxes of an image, or for dense labels the most of a scale (static form: default ${defaultMaxBoxes})`,
  },
  /** Memory layout of the logits. */
  layout: { must: be.oneOf(...layoutNames), default: 'nhwc', help: 'of the logits: nhwc, nchw, nachw or nahwc' },
  /** Element type of the logits; float16 is calculated in float32, in which the labels then are. */
  dtype: {
    must: be.oneOf('float32', 'float64', 'float16'),
    default: 'float32',
    help: 'of the logits: float32, float64, or float16 calculated in float32',
  },
  /**
   * The runtime that the graph is meant for, where it is not ONNX Runtime alone: the graph does without what that lacks,
   * and where it derives by itself, −|t| is made so that its derivative at t = 0 suits the cross-entropy.
   */
  for: {
    must: be.oneOf(...runtimeNames),
    optional: true,
    takes: 'runtime',
    help: `only what this runtime has, and derives: ${runtimeNames.join(', ')}`,
  },
  /** Opset of the graph, 13 to 25. */
  opset: { must: be.opset, default: 17, help: `ONNX opset, ${be.opset.what}` },
  /** `batch-mean` divides by the batch, `sum` by nothing, `none` gives the undivided loss of each image, `[B]`. */
  reduction: {
    must: be.oneOf('batch-mean', 'sum', 'none'),
    default: 'batch-mean',
    decides: 'numbers',
    help: 'batch-mean, sum, or none for a loss of each image',
  },
  /** Whether a last input `normalizer`, rank 0, divides in place of the batch. */
  normalizer: off('a last input divides in place of the batch', 'numbers'),
  /** Rank of the loss: 0, or 1 for `[1]`. */
  lossRank: { must: be.oneOf(0, 1), default: 0, decides: 'numbers', help: '0, or 1 for a loss of shape [1]' },
  /** Weights of the terms. */
  weights: {
    must: be.termWeights,
    default: ofEachTerm(() => 1),
    decides: 'numbers',
    help: `of the terms: ${termNames.map((name) => `${name}=1`)}`,
  },
  /** Whether positives of width or height 0 are left out of the wh term; the original gives +∞. */
  guard: off(
    'leave a width or height of 0 out of the wh term, instead of giving +inf; the rest of the box counts',
    'numbers',
  ),
  /**
   * Whether the static form compares an IoU with the threshold without a division for each pair of cell and box: less time,
   * but an IoU within rounding of the threshold may fall on its other side.
   */
  divisionFree: off('static form: compare IoU and threshold without a division, not exact at the threshold'),
  /** Whether the terms, the ignore sum and the positives of each scale are outputs. */
  components: off('also output the terms, the ignore sum and the positives of each scale', 'outputs'),
  /** Whether the ignore masks are outputs. */
  masks: off('also output the ignore masks', 'outputs'),
  /** Whether counts that explain a loss, and the least value it can take, are outputs. */
  diagnostics: off('also output counts that explain a loss, and the least it can be', 'outputs'),
  /** Whether the derivatives of the loss by the logits are outputs. */
  gradients: off('also output the derivatives by the logits', 'outputs'),
  /**
   * What the loss is given: `dense`, the inputs `y_true_l`; `boxes`, one input `boxes` `[B,T,5]` with rows `x1 y1 x2 y2
   * class` in pixels of the network input, float32, filled up with rows of zeros; or `weighted-boxes` `[B,T,6]`, whose last
   * number is the objectness.
   */
  labels: {
    must: be.oneOf('dense', 'boxes', 'weighted-boxes'),
    default: 'dense',
    decides: 'inputs',
    takes: 'kind',
    quiet: true,
    help: 'dense, boxes, or weighted-boxes with an objectness (mixup weight) last',
  },
  /**
   * What rows of width 0 in front of or between boxes do: `original` reads the box at the place that it has without them
   * (keras-yolo3's quirk), `anywhere` takes them as no boxes.
   */
  padding: {
    must: be.oneOf('original', 'anywhere'),
    default: 'original',
    decides: 'numbers',
    takes: 'rule',
    quiet: true,
    help: 'rows of zeros before boxes: original (as keras-yolo3 misreads them) or anywhere',
  },
  /** What a box that is refused does: `nan` makes the loss NaN, `drop` leaves the box out. */
  badBoxes: {
    must: be.oneOf('nan', 'drop'),
    default: 'nan',
    decides: 'numbers',
    takes: 'rule',
    quiet: true,
    help: 'boxes that are refused: nan (makes the loss NaN) or drop',
  },
  /** Which implementation's loss it is; as text also a spec, `gluon-cv,size=squared`, whose changes go to `rules`. */
  semantics: {
    must: be.oneOf(...profileNames),
    default: 'keras-yolo3',
    decides: 'numbers',
    takes: 'spec',
    quiet: true,
    help: `whose loss it is, which the command "semantics" lists: gluon-cv, or gluon-cv,size=squared`,
  },
  /** Rules and numbers in which it differs from that implementation's: `{ size: 'squared', whWeight: 0.5 }`. */
  rules: {
    must: ruleSettings,
    default: noChanges,
    decides: 'numbers',
    flag: 'rule',
    quiet: true,
    help: 'what is different from that implementation; repeatable',
  },
  /**
   * Whether semantics that look at more than dense labels hold are computed from them all the same: of what they still
   * hold, a box for each cell and anchor.
   */
  semanticsFromLabels: {
    ...off('from dense labels: semantics that want boxes take what the labels still hold', 'numbers'),
    quiet: true,
  },
} as const satisfies Readonly<Record<string, OptionRecord>>

export type Options = typeof options

/** An option of the loss. */
export type LossOption = OptionRecord & { readonly key: keyof Options }

export const lossOptions = Object.entries<OptionRecord>(options).map(
  ([key, record]) => ({ key, ...record }) as LossOption,
)

/** The options that say how boxes are read. */
export const boxKeys = ['padding', 'badBoxes'] as const

export const outputKeys = lossOptions.filter(({ decides }) => decides === 'outputs').map(({ key }) => key)
