import type { Graph } from '../graph/graph.js'
import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { add, div, mul } from '../ops/elementwise.js'
import { cast, concat } from '../ops/movement.js'
import type { LossConfig } from './config.js'
import type { LabelledHead } from './head.js'
import { computedIn } from './inputs.js'
import type { Share } from './parts.js'
import {
  type Adder,
  addAll,
  addByImage,
  byScale,
  type Lines,
  merged,
  type Rows,
  type Summand,
  total,
} from './summands.js'
import { type TermName, type Terms, termNames } from './terms.js'

/** How sums become the loss. */
export interface Averaging {
  /** Weighted sum of a term's summands, divided by the normaliser: rank 0, or `[B]` for each image by itself. */
  readonly average: (term: TermName, summands: readonly Summand[]) => Value<Real>
  /** The same of each scale. */
  readonly averages: (term: TermName, summands: readonly Summand[], scales: number) => Value<Real>[]
  /** The same of all terms together, divided once. */
  readonly averageAll: (terms: Terms<readonly Summand[]>) => Value<Real>
  /** Sum of flags, neither weighted nor divided. */
  readonly count: (summands: readonly Summand[]) => Value<Real>
  /** What slopes are in the derivative of the loss; with a loss for each image, of their sum. */
  readonly share: Share
}

/** The averaging of a configuration. The graph input `normalizer`, where there is one, comes last. */
export function averagingOf(graph: Graph, heads: readonly LabelledHead[], config: LossConfig): Averaging {
  const [{ sizes, extent }] = heads as [LabelledHead, ...LabelledHead[]]
  const normalizer = graph.scope('normalizer', () => normalizerOf(graph, sizes, extent, config))
  const adder = config.reduction === 'none' ? addByImage(extent.b, sizes.b) : addAll
  const weighted = (term: TermName, v: Value<Real>) => {
    const weight = config.weights[term]
    return weight === 1 ? v : mul(v, weight)
  }
  const divided = (v: Value<Real>) => (normalizer ? div(v, normalizer) : v)
  const share: Share = (slopes, axis = 0) => {
    const parts = Object.entries(slopes).map(([term, slope]) => weighted(term as TermName, slope))
    return divided(
      parts.length > 1 ? concat(parts as [Value<Real>, ...Value<Real>[]], axis) : (parts[0] as Value<Real>),
    )
  }
  const sum = (term: TermName, summands: readonly Summand[]) => weighted(term, total(summands, adder))
  // Lines are weighted and divided before the scales part: one node does it for all.
  const ready = (term: TermName, s: Lines): Lines => ({ ...s, lines: divided(weighted(term, s.lines)) })
  return {
    average: (term, summands) => divided(sum(term, summands)),
    averages(term, summands, scales) {
      const lines = summands.flatMap((s) => ('lines' in s ? [ready(term, s)] : []))
      if (lines.length === summands.length) return byScale(lines, scales).map((own) => total(own, adder))
      return byScale(summands, scales).map((own) => divided(sum(term, own)))
    },
    averageAll: (terms) => divided(sumOfAll(terms, weighted, adder)),
    count: (summands) => total(summands, adder),
    share,
  }
}

type Weigh = (term: TermName, v: Value<Real>) => Value<Real>

/** The weighted sum of all terms. What is short is weighted first and summed together. */
function sumOfAll(terms: Terms<readonly Summand[]>, weighted: Weigh, adder: Adder): Value<Real> {
  const each = termNames.flatMap((name) => terms[name].map((summand) => ({ name, summand })))
  const short = each.flatMap(({ name, summand: s }): (Rows | Lines)[] => {
    if ('rows' in s) return [{ ...s, rows: weighted(name, s.rows) }]
    return 'lines' in s ? [{ ...s, lines: weighted(name, s.lines) }] : []
  })
  const long = each.filter(({ summand: s }) => !('rows' in s || 'lines' in s))
  const sums = [...merged(short).map(adder), ...long.map(({ name, summand }) => weighted(name, adder(summand)))]
  return sums.reduce((a, b) => add(a, b))
}

function normalizerOf(
  graph: Graph,
  { b: batch }: LabelledHead['sizes'],
  { b }: LabelledHead['extent'],
  config: LossConfig,
): Value<Real> | undefined {
  const dtype = computedIn(config)
  if (config.normalizer) return graph.input('normalizer', dtype, [])
  if (config.reduction !== 'batch-mean') return undefined
  return typeof b === 'number' ? graph.scalar(b, dtype) : cast(batch, dtype)
}
