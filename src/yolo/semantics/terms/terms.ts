import type { Real } from '../../../io/index.js'
import type { Value } from '../../../onnx/index.js'
import { mul, reduceSum } from '../../../onnx/math.js'
import { eachTerm, type TermName, type Terms } from '../../../reference/semantics/records.js'
import { centreLoss } from './centre.js'
import { classTerm } from './classes.js'
import { type Coordinates, coordinatesOf, weightOf } from './coordinates.js'
import { type Given, type Room, roomOf } from './given.js'
import { objectTerm } from './objectness.js'
import { type Counts, countOf, factorOf } from './reduce.js'
import { sizeLoss } from './size.js'
import { wholeBoxLoss } from './wholebox.js'

/** The terms of a scale, and what their gradient follows from. */
export interface ScaleTerms<D extends Real = Real> {
  readonly given: Given<D>
  /** Of each image `[B]`, before weights and reduction; undefined for a term that the semantics do not have. */
  readonly sums: Terms<Value<D> | undefined>
  /** What a sum is multiplied by to be a component: a number, or a value of rank 0. */
  readonly factors: Terms<Value<D> | number>
  readonly counts: Counts<D>
  /** Logits of the matches `[B, K, 5+C]`, of which the terms of matches are made. */
  readonly rows: Value<D>
  /** Through these goes no gradient. */
  readonly held: readonly Value<D>[]
}

/** What is lost on coordinates of matches, `[B, K, ·]`. */
const losses: Pick<
  Terms<<D extends Real>(room: Room<D>, own: Coordinates<D>) => Value<D> | undefined>,
  'xy' | 'wh' | 'box'
> = { xy: centreLoss, wh: sizeLoss, box: wholeBoxLoss }

/** The terms of a scale under any semantics. */
export function termsOf<D extends Real>(given: Given<D>): ScaleTerms<D> {
  const { graph, dtype } = given.scale
  return graph.scope(`layer${given.scale.l}`, () => {
    const held: Value<D>[] = []
    const room = roomOf(given, held)
    const own = coordinatesOf(room, room.learns.box)
    const weight = weightOf(room, own)
    const ofBoxes = (name: keyof typeof losses): Value<D> | undefined => {
      const loss = losses[name](room, own)
      return loss && reduceSum(mul(weight, loss), { axes: [1, 2] })
    }
    const of: Terms<() => Value<D> | undefined> = {
      xy: () => ofBoxes('xy'),
      wh: () => ofBoxes('wh'),
      box: () => ofBoxes('box'),
      conf: () => objectTerm(room),
      class: () => classTerm(room),
    }
    const sums = eachTerm((name: TermName) => graph.scope(name, of[name]))
    const counts = { boxes: countOf(room.learns.box, dtype), labels: countOf(room.learns.classes, dtype) }
    const factors = graph.scope('factors', () =>
      eachTerm((name) => factorOf(name, given.scale, counts, given.semantics)),
    )
    return { given, sums, factors, counts, rows: room.rows, held }
  })
}
