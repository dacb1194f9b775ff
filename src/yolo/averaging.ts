import type { Graph } from '../graph/graph.js'
import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { add, div, mul } from '../ops/elementwise.js'
import { cast } from '../ops/movement.js'
import type { LossConfig } from './config.js'
import type { LabelledHead } from './head.js'
import { computedIn } from './inputs.js'
import type { Share } from './parts.js'
import { addAll, addByImage, type Summand, total } from './summands.js'
import { type TermName, type Terms, termNames } from './terms.js'

/** How sums become the loss. */
export interface Averaging {
  /** Weighted sum of a term's summands, divided by the normaliser: rank 0, or `[B]` for each image by itself. */
  readonly average: (term: TermName, summands: readonly Summand[]) => Value<Real>
  /** The same of all terms together, divided once. */
  readonly averageAll: (terms: Terms<readonly Summand[]>) => Value<Real>
  /** Sum of flags, neither weighted nor divided. */
  readonly count: (summands: readonly Summand[]) => Value<Real>
  /** What a term's slope is in the derivative of the loss; with a loss for each image, of their sum. */
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
  const share: Share = (term, slope) => divided(weighted(term, slope))
  const sum = (term: TermName, summands: readonly Summand[]) => weighted(term, total(summands, adder))
  return {
    average: (term, summands) => divided(sum(term, summands)),
    averageAll: (terms) => divided(termNames.map((name) => sum(name, terms[name])).reduce((a, b) => add(a, b))),
    count: (summands) => total(summands, adder),
    share,
  }
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
