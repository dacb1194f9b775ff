import { type AnyTensor, halfValue, isFolder, listed, quoted, readArrays, refuse } from '../../io/index.js'
import type { SemanticsInput } from '../../reference/semantics/index.js'
import { caseConfig, readCase } from '../../verify/index.js'
import { boxesName, type LayoutName, layouts } from '../../yolo/index.js'
import { configFrom } from '../groups/config.js'
import type { Given } from '../groups/flag.js'
import { inLabelOrder } from './headarrays.js'

type Grid = SemanticsInput['logits'][number]
interface Config extends Pick<SemanticsInput, 'anchors' | 'anchorMask' | 'classes' | 'ignoreThreshold' | 'guard'> {
  /** Of the logits; by default nhwc. */
  readonly layout?: string
}

/** Arrays by name, and what a folder of a case says of them. */
interface Arrays {
  readonly path: string
  readonly arrays: ReadonlyMap<string, AnyTensor>
  readonly config: Config | undefined
}

/** A batch for the losses of the reference, and whatever else the file holds. */
export interface LossArrays {
  readonly input: SemanticsInput
  readonly others: ReadonlyMap<string, Grid>
  /** That the logits of the file have. */
  readonly layout: LayoutName
  readonly path: string
}

/** Names of arrays that hold a configuration, as `probe` writes them. */
export const configArrays = {
  anchors: 'anchors',
  anchorMask: 'anchor_mask',
  classes: 'classes',
  ignoreThreshold: 'ignore_threshold',
} as const

/** The numbers of a tensor, whatever its type. */
function gridOf(tensor: AnyTensor, name: string, path: string): Grid {
  const { dtype, shape, data } = tensor
  if (dtype === 'float32' || dtype === 'float64') return { shape, data: data as Grid['data'] }
  if (dtype === 'string') return refuse('E_ARRAYS', path, `${quoted(name)} holds texts, and numbers are wanted`)
  const value = dtype === 'float16' ? (x: number | bigint) => halfValue(Number(x)) : Number
  return { shape, data: Float64Array.from(data as ArrayLike<number>, value) }
}

async function arraysOf(path: string): Promise<Arrays> {
  if (!isFolder(path)) {
    const arrays = await readArrays(path)
    return { path, arrays, config: configIn(arrays, path) }
  }
  const { dataSets, info } = await readCase(path)
  const [first] = dataSets
  const all = [...(first?.outputs ?? []), ...(first?.inputs ?? [])]
  return { path, arrays: new Map(all.map(({ name, tensor }) => [name, tensor])), config: caseConfig(info.config) }
}

/** The configuration that a probe brings along; undefined where the arrays hold none. */
function configIn(arrays: ReadonlyMap<string, AnyTensor>, path: string): Config | undefined {
  const found = Object.values(configArrays).map((name) => [name, arrays.get(name)] as const)
  if (found.every(([, tensor]) => tensor === undefined)) return undefined
  const [anchors, masks, classes, threshold] = found.map(([name, tensor]) =>
    tensor ? gridOf(tensor, name, path) : refuse('E_ARRAYS', path, `${quoted(name)} of the configuration is missing`),
  ) as [Grid, Grid, Grid, Grid]
  return {
    anchors: rowsOf(anchors) as [number, number][],
    anchorMask: rowsOf(masks),
    classes: classes.data[0] ?? 0,
    ignoreThreshold: threshold.data[0] ?? 0,
  }
}

function rowsOf({ shape: [rows = 0, columns = 0], data }: Grid): number[][] {
  return Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * columns, (i + 1) * columns)))
}

/** What flags say beside the boxes. */
interface Reading {
  /** Of the ignore mask, instead of that of the configuration. */
  readonly ignoreThresh?: number
  readonly layout?: LayoutName
}

/** Flags say more than arrays do, which say more than nothing. */
function configOf(given: Given, { ignoreThresh, layout }: Reading, { config }: Arrays): Config {
  const isSaid = ['preset', 'config', 'anchors'].some((name) => given[name] !== undefined)
  const own = !isSaid && config ? config : configFrom(given).config
  return {
    ...own,
    ...(ignoreThresh !== undefined && { ignoreThreshold: ignoreThresh }),
    ...(layout && { layout }),
  }
}

const isLayout = (name: string): name is LayoutName => Object.hasOwn(layouts, name)

/**
 * A batch from a file or a folder of a case: logits y_pred_l and boxes, or labels y_true_l.
 * @param given flags of the configuration, which a case and a probe bring along
 * @param reading what else flags say of the file
 * @throws InputError for what is missing or of another shape; ConfigError
 */
export async function lossArrays(path: string, given: Given, reading: Reading): Promise<LossArrays> {
  const read = await arraysOf(path)
  const { layout: name = 'nhwc', ...config } = configOf(given, reading, read)
  const layout = isLayout(name) ? name : 'nhwc'
  const take = (name: string): Grid => {
    const tensor = read.arrays.get(name)
    if (tensor) return gridOf(tensor, name, path)
    return refuse(
      'E_FEED_MISSING',
      path,
      `there is no array ${quoted(name)}`,
      `it holds ${listed([...read.arrays.keys()])}`,
    )
  }
  const each = (stem: string) => config.anchorMask.map((_, l) => take(`${stem}_${l}`))
  const heads = { ...config, layout }
  const logits = each('y_pred').map((grid, scale) =>
    inLabelOrder({ ...grid, name: `y_pred_${scale}`, scale }, heads, path),
  )
  const boxes = read.arrays.has(boxesName)
  if (!boxes && !read.arrays.has('y_true_0'))
    refuse('E_FEED_MISSING', path, 'there are no labels', 'give boxes [B,M,5], or y_true_0 … [B,h,w,A,5+C]')
  const labels = boxes ? take(boxesName) : each('y_true')
  if (boxes) expectBoxes(labels as Grid, logits[0] as Grid, path)
  const used = [
    boxesName,
    ...config.anchorMask.flatMap((_, l) => [`y_pred_${l}`, `y_true_${l}`]),
    'input',
    ...Object.values(configArrays),
  ]
  const others = [...read.arrays].filter(([name]) => !used.includes(name))
  const { anchors, anchorMask, classes, ignoreThreshold, guard = false } = config
  const input = { anchors, anchorMask, classes, ignoreThreshold, guard, logits, labels }
  return { path, input, layout, others: new Map(others.map(([name, tensor]) => [name, gridOf(tensor, name, path)])) }
}

function expectBoxes({ shape }: Grid, logits: Grid, path: string): void {
  const [batch, , numbers] = shape
  if (shape.length === 3 && batch === logits.shape[0] && (numbers === 5 || numbers === 6)) return
  const what = `"boxes" is [${shape}], and must be [${logits.shape[0]},M,5] or [${logits.shape[0]},M,6]`
  refuse('E_FEED_SHAPE', path, what, 'rows are xmin ymin xmax ymax class, with an objectness last if there is one')
}

/** What a file must be for a configuration is told as other mistakes of files are. */
export function readable<T>(path: string, answer: () => T): T {
  try {
    return answer()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return refuse(
      'E_FEED_SHAPE',
      path,
      error.message,
      'shapes follow from the configuration, with axes B, h, w, A·(5+C)',
      error,
    )
  }
}
