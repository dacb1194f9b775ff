import type { Real } from '../../io/index.js'
import type { Graph, Value } from '../../onnx/index.js'
import { add, div, mul, type Operand, reduceSum } from '../../onnx/math.js'
import { eachTerm, type Semantics, type TermName, type Terms, termNames } from '../../reference/semantics/records.js'
import type { LossConfig } from '../config/config.js'
import { rulesOf } from '../config/semantics.js'
import { computedIn } from '../heads/parameters.js'
import { timesOf } from './terms/reduce.js'
import type { ScaleTerms } from './terms/terms.js'

/** How sums become a loss. */
export interface Reducing {
  /** The rules, their reduction being what is left of it: a normaliser divides afterwards, an image by nothing. */
  readonly semantics: Semantics
  /** Whether there is a loss of each image, `[B]`. */
  readonly byImage: boolean
  readonly normalizer: Value<Real> | undefined
  readonly weights: LossConfig['weights']
}

/** The reduction of a configuration. The graph input `normalizer`, where there is one, comes last. */
export function reducingOf(graph: Graph, config: LossConfig): Reducing {
  const own = rulesOf(config)
  const { weights, reduction } = config
  const byImage = reduction === 'none' || own.reduction === 'image'
  const undivided = byImage && own.reduction === 'batch' ? 'image' : own.reduction
  const normalizer = config.normalizer ? graph.input('normalizer', computedIn(config), []) : undefined
  return { semantics: { ...own, reduction: normalizer ? 'sum' : undivided }, byImage, normalizer, weights }
}

/** The loss by rules, and what it is made of. */
export interface Loss<D extends Real = Real> {
  readonly scales: readonly ScaleTerms<D>[]
  /** Weighted and divided: rank 0, or `[B]`; undefined for a term that the semantics do not have. */
  readonly components: readonly Terms<Value<D> | undefined>[]
  /** Rank 0, or `[B]`. */
  readonly loss: Value<D>
}

const isOne = (x: Operand<Real>): boolean => x === 1

/** Terms weighed and added up. */
export function reduced<D extends Real>(scales: readonly ScaleTerms<D>[], reducing: Reducing): Loss<D> {
  const [first] = scales as readonly [ScaleTerms<D>]
  const { scale } = first.given
  return scale.graph.scope('loss', () => {
    const components = scales.map((own) => eachTerm((name) => component(own, name, reducing)))
    const parts = components.flatMap((own) => termNames.flatMap((name) => own[name] ?? []))
    const sum = parts.reduce((a, b) => add(a, b))
    const times = timesOf(reducing.semantics, scale)
    return { scales, components, loss: isOne(times) ? sum : mul(sum, times) }
  })
}

function component<D extends Real>(
  { sums, factors }: ScaleTerms<D>,
  name: TermName,
  { byImage, normalizer, weights }: Reducing,
): Value<D> | undefined {
  const sum = sums[name]
  if (!sum) return undefined
  const whole = byImage ? sum : reduceSum(sum)
  const weight = name === 'box' ? 1 : weights[name]
  const factored = [factors[name], weight].reduce<Value<D>>((v, factor) => (isOne(factor) ? v : mul(v, factor)), whole)
  return normalizer ? div(factored, normalizer as Value<D>) : factored
}
