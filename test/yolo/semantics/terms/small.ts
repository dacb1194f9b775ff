import type { Real, Tensor } from '../../../../src/io/tensor.js'
import { encodeModel, Graph, tensorOf, type Value } from '../../../../src/onnx/index.js'
import { add, mul, reduceSum } from '../../../../src/onnx/math.js'
import type { SemanticsInput } from '../../../../src/reference/semantics/cells/input.js'
import { isDense, scalesOf } from '../../../../src/reference/semantics/cells/input.js'
import type { Match } from '../../../../src/reference/semantics/cells/match.js'
import { Evaluator } from '../../../../src/reference/semantics/loops/evaluate.js'
import { boxesOf, classesOf, lastOf, matchesOf } from '../../../../src/reference/semantics/loops/matches.js'
import type { Semantics } from '../../../../src/reference/semantics/rules/rules.js'
import { termNames } from '../../../../src/reference/semantics/rules/terms.js'
import type { Grid } from '../../../../src/reference/types.js'
import { openSession } from '../../../../src/runtime/session.js'
import { resolveConfig } from '../../../../src/yolo/config/resolve.js'
import { tailOf } from '../../../../src/yolo/formulas/bce.js'
import { plainHeads } from '../../../../src/yolo/heads/inputs.js'
import type { Shared } from '../../../../src/yolo/semantics/matches/match.js'
import { scaleOf } from '../../../../src/yolo/semantics/scale.js'
import { logitGradients } from '../../../../src/yolo/semantics/terms/backward.js'
import { timesOf } from '../../../../src/yolo/semantics/terms/reduce.js'
import { type ScaleTerms, termsOf } from '../../../../src/yolo/semantics/terms/terms.js'

/** How a small graph is made. */
export interface Making {
  readonly form: 'static' | 'loop'
  readonly dtype: Real
  readonly opset: number
}

/** Entries of a list that no match of the image fills; with a NaN wherever one does no harm. */
const spare = 2

/** A list of the matches of an image as long as those of others; of dense labels an entry for each row of predictions. */
function listOf(input: SemanticsInput, own: readonly Match[], rows: number, length: number): (Match | undefined)[] {
  if (!isDense(input.labels)) return Array.from({ length }, (_, k) => own[k])
  const at = new Map(own.map((match) => [match.index % rows, match]))
  return Array.from({ length: rows }, (_, n) => at.get(n))
}

/** The parts of the matches of a scale, as inputs of the graph. */
interface Column {
  readonly name: string
  readonly dtype: 'bool' | 'int64' | 'real'
  readonly width?: number
}

const columns = (classes: number): readonly Column[] => [
  { name: 'exists', dtype: 'bool' },
  { name: 'index', dtype: 'int64' },
  { name: 'cell', dtype: 'real', width: 2 },
  { name: 'anchor', dtype: 'real', width: 2 },
  { name: 'box', dtype: 'real', width: 4 },
  { name: 'objectness', dtype: 'real' },
  { name: 'classes', dtype: 'real', width: classes },
  { name: 'boxWeight', dtype: 'real' },
  { name: 'classWeight', dtype: 'real' },
  { name: 'classLabels', dtype: 'real', width: classes },
  { name: 'isLast', dtype: 'bool' },
]

/** What a match says, in the order of the columns. */
function numbersOf(
  match: Match,
  rows: number,
  own: { box: number; label: Match | undefined; last: boolean; anchor: readonly [number, number] },
): number[] {
  const { box, classes, objectness, column, row } = match
  return [
    1,
    match.index % rows,
    column,
    row,
    ...own.anchor,
    box.x,
    box.y,
    box.w,
    box.h,
    objectness,
    ...Array.from(classes),
    own.box,
    own.label ? 1 : 0,
    ...Array.from((own.label ?? match).classes),
    own.last ? 1 : 0,
  ]
}

const nowhere = (classes: number): number[] => [
  0,
  0,
  ...Array<number>(8).fill(Number.NaN),
  0,
  ...Array<number>(classes).fill(0),
  0,
  0,
  ...Array<number>(classes).fill(Number.NaN),
  0,
]

/** Matches of the reference as feeds, by scale and column; lists of all images are equally long. */
export function feedsOf(input: SemanticsInput, semantics: Semantics, { form, dtype }: Making): Record<string, Tensor> {
  const scales = scalesOf(input)
  const all = matchesOf(input, scales, semantics)
  const feeds: Record<string, Tensor> = {}
  for (const [l, scale] of scales.entries()) {
    const own = all[l] ?? []
    const [boxes, labels, last] = [boxesOf(own, semantics), classesOf(own, semantics), lastOf(own)]
    // A label stands at the last match of its row, unless each match has its own.
    const labelOf = (match: Match) =>
      semantics.sharedClass === 'each' || last.get(match.index) === match
        ? labels.find((one) => one === match || (semantics.sharedClass !== 'each' && one.index === match.index))
        : undefined
    const rows = scale.rows * scale.columns * scale.anchors.length
    const ofImages = Array.from({ length: scale.batch }, (_, image) => own.filter((match) => match.image === image))
    const most = Math.max(...ofImages.map((list) => list.length))
    const length = most === 0 && form === 'loop' ? 0 : most + spare
    const lists = ofImages.map((list) => listOf(input, list, rows, length))
    const K = lists[0]?.length ?? 0
    const filled = lists.flat().map((match) =>
      match
        ? numbersOf(match, rows, {
            box: boxes.find((one) => one.match === match)?.weight ?? 0,
            label: labelOf(match),
            last: last.get(match.index) === match,
            anchor: scale.anchors[match.anchor] as readonly [number, number],
          })
        : nowhere(scale.classes),
    )
    let start = 0
    for (const { name, dtype: kind, width } of columns(scale.classes)) {
      const [from, to] = [start, start + (width ?? 1)]
      const shape = [scale.batch, K, ...(width === undefined ? [] : [width])]
      const numbers = filled.flatMap((list) => list.slice(from, to))
      feeds[`${name}_${l}`] = tensorOf(kind === 'real' ? dtype : kind, shape, numbers)
      start = to
    }
  }
  return feeds
}

const real = (dtype: Real, { shape, data }: Grid): Tensor => tensorOf(dtype, [...shape], Array.from(data))

/** The model of the terms of all scales, whose inputs are logits, masks and matches. */
export function smallModel(input: SemanticsInput, semantics: Semantics, making: Making) {
  const { form, dtype, opset } = making
  const [first] = scalesOf(input)
  const { anchors, anchorMask, classes } = input
  const fixed = { batch: first?.batch, input: [first?.input.height, first?.input.width] }
  const config = resolveConfig({
    anchors,
    anchorMask,
    classes,
    dtype,
    opset,
    form,
    ...(form === 'static' ? { ...fixed, labels: 'boxes', maxBoxes: 4 } : {}),
  } as never)
  const graph = new Graph({ opset })
  const heads = plainHeads(graph, config)
  const scales = heads.map((head, l) => scaleOf(head, l, heads.length, classes))
  const found = scales.map((scale, l) => {
    const everyRow = isDense(input.labels)
    const known = everyRow || form === 'static'
    const length = everyRow ? scale.rows[0] : (feedsOf(input, semantics, making)[`exists_${l}`]?.shape[1] as number)
    const K = known ? length : `K${l}`
    const entries = columns(classes).map(({ name, dtype: kind, width }) => {
      const shape = [scale.extent.b, K, ...(width === undefined ? [] : [width])]
      return [name, graph.input(`${name}_${l}`, kind === 'real' ? dtype : kind, shape)]
    })
    const matches = { ...Object.fromEntries(entries), distinct: everyRow, everyRow } as Shared
    const mask = graph.input(`mask_${l}`, 'bool', scale.logits.shape.slice(0, 2))
    const κ = semantics.maskOf === 'none' ? undefined : mask
    return termsOf({ scale, matches, κ, semantics, guard: input.guard ?? false, tail: tailOf(true, 'logarithm') })
  })
  return { graph, outputs: outputsOf(graph, semantics, found) }
}

function outputsOf(graph: Graph, semantics: Semantics, found: readonly ScaleTerms[]): Record<string, Value> {
  const outputs: Record<string, Value> = {}
  const parts = found.flatMap(({ sums, factors }, l) =>
    termNames.flatMap((name) => {
      const own = sums[name]
      if (!own) return []
      outputs[`sum_${name}_${l}`] = own
      const part = mul(reduceSum(own), factors[name])
      outputs[`part_${name}_${l}`] = part
      return [part]
    }),
  )
  const [one] = found as readonly [ScaleTerms]
  const loss = mul(
    parts.reduce((a, b) => add(a, b)),
    timesOf(semantics, one.given.scale),
  )
  outputs.loss = loss
  const slopes = logitGradients(loss, graph.scalar(1, loss.dtype), found)
  for (const [l, slope] of slopes.entries()) outputs[`grad_${l}`] = slope
  return outputs
}

/** Loss, terms and gradients by the graph. */
export async function found(
  input: SemanticsInput,
  semantics: Semantics,
  making: Making,
  masks = new Evaluator(input).masks(semantics),
): Promise<ReadonlyMap<string, Tensor>> {
  const { graph, outputs } = smallModel(input, semantics, making)
  const session = await openSession(encodeModel(graph.build(outputs)), { optimization: 'basic', threads: 1 })
  const feeds: Record<string, Tensor> = { ...feedsOf(input, semantics, making) }
  for (const [l, logits] of input.logits.entries()) {
    feeds[`y_pred_${l}`] = real(making.dtype, logits)
    const [batch = 0] = logits.shape
    const mask = masks[l] as Uint8Array
    feeds[`mask_${l}`] = tensorOf('bool', [batch, mask.length / batch], Array.from(mask))
  }
  const used = Object.fromEntries(Object.entries(feeds).filter(([name]) => session.inputs.includes(name)))
  const results = await session.run(used)
  await session.release()
  return results
}

/** ‖a − b‖ / ‖b‖, of all numbers. */
export function distance(a: ArrayLike<number | bigint>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  let [apart, size] = [0, 0]
  for (let i = 0; i < b.length; i++) {
    apart += (Number(a[i]) - (b[i] as number)) ** 2
    size += (b[i] as number) ** 2
  }
  return Math.sqrt(apart / (size || 1))
}
