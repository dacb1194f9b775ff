import type { Real } from '../../io/index.js'
import type { Graph, Value } from '../../onnx/index.js'
import { greater, where } from '../../onnx/logic.js'
import { concatAll } from '../../onnx/parts.js'
import { cast } from '../../onnx/shape.js'
import type { LossConfig } from '../config/config.js'
import { ofEachTerm, type Terms, termNames } from '../config/vocabulary.js'
import type { Heads } from '../heads/head.js'
import { computedIn } from '../heads/parameters.js'
import { entryNames } from '../terms/entries.js'
import { terms } from '../terms/terms.js'
import { type Addends, type Adder, sumOf } from './addends.js'
import { type Averages, addUp, type Ledger, over, type Scaling, times } from './ledger.js'
import { type TermMap, totalOf } from './maps.js'

/**
 * Makes a part of the derivative of the loss from slopes of terms, laid side by side along an axis in the order of the
 * logits: each times its weight, all divided by the normaliser. With a loss for each image it is that of their sum.
 */
export type Share<D extends Real = Real> = (slopes: Partial<Terms<Value<D>>>, axis?: number) => Value<D>

/** How sums become the loss. */
export interface Averaging {
  /** Weighted sum of the maps of terms, divided by the normaliser: rank 0, or `[B]` for each image by itself. */
  readonly total: (maps: readonly Terms<TermMap>[]) => Value<Real>
  /** The same of all terms of a loss, and of each at each of so many scales. */
  readonly averages: (ledger: Ledger, scales: number) => Averages
  /** Sum of flags, neither weighted nor divided. */
  readonly count: (addends: readonly Addends[]) => Value<Real>
  readonly share: Share
}

/** The averaging of a configuration. The graph input `normalizer`, where there is one, comes last. */
export function averagingOf(heads: Heads, config: LossConfig, refused?: Refused): Averaging {
  const { graph } = heads
  const adder = config.reduction === 'none' ? 'byImage' : 'all'
  const divisor = graph.scope('normalizer', () => normalizerOf(graph, heads, config))
  const without = (adding: Adder) => graph.scope('refused', () => soundly(divisor, heads, refused?.[adding]()))
  const normalizer = without(adder)
  const ofSlopes = adder === 'all' ? normalizer : without('all')
  const factors = ofEachTerm((name) => config.weights[name] * terms[name].factor)
  const scaling: Scaling = { graph, adder, factors, normalizer }
  return {
    total: (maps) => over(totalOf(maps, scaling), scaling),
    averages: (ledger, scales) => ledger(scaling, scales),
    count: (addends) => sumOf(addends, adder),
    share: (slopes, axis = 0) => {
      const parts = entryNames.flatMap((by) => {
        const own = termNames.filter((name) => terms[name].by === by)
        const weighed = own.flatMap((name) => {
          const slope = slopes[name]
          return slope ? [times(slope, config.weights[name])] : []
        })
        return weighed.length > 0 ? [addUp(weighed)] : []
      })
      return over(parts.length > 1 ? concatAll(parts, axis) : (parts[0] as Value<Real>), { normalizer: ofSlopes })
    },
  }
}

/** How many rows of boxes were refused: in all, or in each image. */
export type Refused = Readonly<Record<Adder, () => Value<'float32'>>>

/** The normaliser, NaN where a box was refused: a loss without it would be one of other labels. */
function soundly(
  normalizer: Scaling['normalizer'],
  { graph, dtype }: Heads,
  refused: Value<'float32'> | undefined,
): Scaling['normalizer'] {
  if (!refused) return normalizer
  const usual = typeof normalizer === 'object' ? normalizer : graph.scalar(normalizer ?? 1, dtype)
  return where(greater(refused, 0), Number.NaN, usual)
}

function normalizerOf(graph: Graph, { batch, B }: Heads, config: LossConfig): Scaling['normalizer'] {
  const dtype = computedIn(config)
  if (config.normalizer) return graph.input('normalizer', dtype, [])
  if (config.reduction !== 'batch-mean') return undefined
  return typeof batch === 'number' ? batch : cast(B, dtype)
}
