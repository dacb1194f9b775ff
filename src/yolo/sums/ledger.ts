import type { Real } from '../../io/index.js'
import type { Graph, Value } from '../../onnx/index.js'
import { add, div, mul } from '../../onnx/math.js'
import { ofEachTerm, type Terms, termNames } from '../config/vocabulary.js'
import type { Adder } from './addends.js'

/** What sums are multiplied and divided by. */
export interface Scaling {
  readonly graph: Graph
  readonly adder: Adder
  /** Of each term: its weight, and the factor of its sum. */
  readonly factors: Terms<number>
  readonly normalizer: Value<Real> | number | undefined
}

/** The loss, and its terms scale by scale where they are asked for. */
export interface Averages {
  readonly loss: Value<Real>
  readonly scales: readonly Terms<Value<Real>>[]
}

/** The terms of a loss, ready to be added up: for so many scales each by itself, or for none all together. */
export type Ledger = (scaling: Scaling, scales: number) => Averages

export const over = (v: Value<Real>, { normalizer }: Pick<Scaling, 'normalizer'>): Value<Real> =>
  normalizer === undefined ? v : div(v, normalizer)

export const times = <D extends Real>(v: Value<D>, factor: number): Value<D> => (factor === 1 ? v : mul(v, factor))

export const addUp = (values: readonly Value<Real>[]): Value<Real> => values.reduce((a, b) => add(a, b))

/** Sums of each term, scale by scale, neither weighed nor divided. */
export type SumsOfScales = (adder: Adder) => Terms<readonly Value<Real>[]>

/**
 * The loss is the sum of its terms where they are outputs, so that they add up exactly; else of everything at once, as
 * `together` makes it, weighed but not divided.
 */
export const termByTerm =
  (sums: SumsOfScales, together: (scaling: Scaling) => Value<Real>): Ledger =>
  (scaling, scales) => {
    const { graph, adder, factors } = scaling
    if (scales === 0) return { loss: graph.scope('loss', () => over(together(scaling), scaling)), scales: [] }
    const made = sums(adder)
    const each = ofEachTerm((name) =>
      graph.scope(name, () => made[name].map((v) => over(times(v, factors[name]), scaling))),
    )
    const all = Array.from({ length: scales }, (_, l) => ofEachTerm((name) => each[name][l] as Value<Real>))
    const parts = all.flatMap((own) => termNames.map((name) => own[name]))
    return { loss: graph.scope('loss', () => addUp(parts)), scales: all }
  }
