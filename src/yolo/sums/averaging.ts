import type { Real } from '../../io/index.js'
import type { Graph, Value } from '../../onnx/index.js'
import { add, cast, concatAll, div, mul } from '../../onnx/ops/index.js'
import type { LossConfig } from '../config/config.js'
import { type TermName, type Terms, termNames } from '../config/vocabulary.js'
import type { LabelledHead } from '../heads/head.js'
import { computedIn } from '../heads/inputs.js'
import { sumFactors } from '../terms/terms.js'
import { byEntry, byScale, type Columns, takenApart, weighed } from './columns.js'
import type { Share } from './parts.js'
import { type Adder, addAll, addByImage, merged, ofScales, type Summand, total } from './summands.js'

/** The loss, and its terms scale by scale where they are asked for. */
export interface Averages {
  readonly loss: Value<Real>
  readonly scales: readonly Terms<Value<Real>>[]
}

/** How sums become the loss. */
export interface Averaging {
  /** Weighted sum of a term's summands, divided by the normaliser: rank 0, or `[B]` for each image by itself. */
  readonly average: (term: TermName, summands: readonly Summand[]) => Value<Real>
  /** The same of all terms together, and of each at each of so many scales. */
  readonly averages: (terms: Terms<readonly Summand[]> | Columns, scales: number) => Averages
  /** Sum of flags, neither weighted nor divided. */
  readonly count: (summands: readonly Summand[]) => Value<Real>
  /** What slopes are in the derivative of the loss; with a loss for each image, of their sum. */
  readonly share: Share
}

/** What sums are multiplied and divided by. */
interface Scaling {
  readonly graph: Graph
  readonly adder: Adder
  readonly weights: Terms<number>
  readonly normalizer: Value<Real> | number | undefined
}

const over = (v: Value<Real>, normalizer: Scaling['normalizer']) => (normalizer === undefined ? v : div(v, normalizer))

const times = (v: Value<Real>, weight: number): Value<Real> => (weight === 1 ? v : mul(v, weight))

/** The averaging of a configuration. The graph input `normalizer`, where there is one, comes last. */
export function averagingOf(graph: Graph, heads: readonly LabelledHead[], config: LossConfig): Averaging {
  const [{ sizes, extent }] = heads as [LabelledHead, ...LabelledHead[]]
  const normalizer = graph.scope('normalizer', () => normalizerOf(graph, sizes, extent, config))
  const adder = config.reduction === 'none' ? addByImage(extent.b, sizes.b) : addAll
  const weights = mapped((name) => config.weights[name] * sumFactors[name])
  const divided = (v: Value<Real>) => over(v, normalizer)
  const scaling = { graph, adder, weights, normalizer }
  const share: Share = (slopes, axis = 0) => {
    const parts = Object.entries(slopes).map(([term, slope]) => times(slope, config.weights[term as TermName]))
    return divided(parts.length > 1 ? concatAll(parts, axis) : (parts[0] as Value<Real>))
  }
  return {
    average: (term, summands) => divided(times(total(summands, adder), weights[term])),
    averages: (terms, scales) =>
      'columns' in terms ? ofColumns(terms, scales, scaling) : ofSummands(terms, scales, scaling),
    count: (summands) => total(summands, adder),
    share,
  }
}

const mapped = <T>(of: (name: TermName) => T): Terms<T> => ({
  xy: of('xy'),
  wh: of('wh'),
  conf: of('conf'),
  class: of('class'),
})

/** The loss is the sum of its terms where they are outputs, so that they add up exactly; else of all summands at once. */
function ofSummands(terms: Terms<readonly Summand[]>, scales: number, scaling: Scaling): Averages {
  const { graph, adder, weights, normalizer } = scaling
  const inLoss = <T>(make: () => T): T => graph.scope('loss', make)
  if (scales === 0) return { loss: inLoss(() => over(sumOfAll(terms, scaling), normalizer)), scales: [] }
  const average = (name: TermName, own: readonly Summand[]) => over(times(total(own, adder), weights[name]), normalizer)
  const each = mapped((name) => graph.scope(name, () => ofScales(terms[name], scales).map((own) => average(name, own))))
  const all = Array.from({ length: scales }, (_, l) => mapped((name) => each[name][l] as Value<Real>))
  const parts = all.flatMap((own) => termNames.map((name) => own[name]))
  return { loss: inLoss(() => parts.reduce((a, b) => add(a, b))), scales: all }
}

/** The weighted sum of all terms. Rows are weighted first and summed together. */
function sumOfAll(terms: Terms<readonly Summand[]>, { adder, weights }: Scaling): Value<Real> {
  const each = termNames.flatMap((name) => terms[name].map((summand) => ({ name, summand })))
  const rows = each.flatMap(({ name, summand: s }) =>
    'rows' in s ? [{ ...s, rows: times(s.rows, weights[name]) }] : [],
  )
  const others = each.flatMap(({ name, summand: s }) => ('rows' in s ? [] : [times(adder(s), weights[name])]))
  return [...merged(rows).map(adder), ...others].reduce((a, b) => add(a, b))
}

/** The same of columns, which are weighted and divided before they are added up. */
function ofColumns(terms: Columns, scales: number, { graph, adder, weights, normalizer }: Scaling): Averages {
  const divisor = typeof normalizer === 'number' ? normalizer : 1
  const factors = mapped((name) => weights[name] / divisor)
  const inLoss = <T>(make: () => T): T => graph.scope('loss', make)
  const table = inLoss(() => {
    const { values, parts } = weighed(scales === 0 ? byEntry(terms) : byScale(terms), factors)
    return { values: typeof normalizer === 'object' ? div(values, normalizer) : values, parts }
  })
  const sum = (v: Value<Real>) => adder({ maps: v, scale: 0 })
  const loss = inLoss(() => sum(table.values))
  if (scales === 0) return { loss, scales: [] }
  const parts = inLoss(() => takenApart(table))
  const of = (name: TermName, l: number) => graph.scope(name, () => sum(parts[name][l] as Value<Real>))
  return { loss, scales: Array.from({ length: scales }, (_, l) => mapped((name) => of(name, l))) }
}

function normalizerOf(
  graph: Graph,
  { b: batch }: LabelledHead['sizes'],
  { b }: LabelledHead['extent'],
  config: LossConfig,
): Scaling['normalizer'] {
  const dtype = computedIn(config)
  if (config.normalizer) return graph.input('normalizer', dtype, [])
  if (config.reduction !== 'batch-mean') return undefined
  return typeof b === 'number' ? b : cast(batch, dtype)
}
