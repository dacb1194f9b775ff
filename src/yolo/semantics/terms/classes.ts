import type { Real } from '../../../io/index.js'
import { tensorOf, type Value } from '../../../onnx/index.js'
import { not, where } from '../../../onnx/logic.js'
import { add, mul, reduceSum } from '../../../onnx/math.js'
import { split } from '../../../onnx/parts.js'
import { cast } from '../../../onnx/shape.js'
import type { Semantics } from '../../../reference/semantics/records.js'
import type { Tail } from '../../formulas/bce.js'
import { decodes } from '../decode.js'
import { fullLike } from '../full.js'
import { weightedBce } from './formulas/bce.js'
import type { Goal, Pointwise } from './formulas/goal.js'
import { retina } from './formulas/retina.js'
import { smoothings } from './formulas/smoothing.js'
import { softmax, softmaxFocal } from './formulas/softmax.js'
import { squared } from './formulas/squared.js'
import { column, type Room, safe } from './given.js'
import { takenRows } from './taken.js'

/** What is lost on the classes `[…, C]` of rows, class by class; undefined where that is nothing. */
type Loss = <D extends Real>(
  y: Goal<D>,
  t: Value<D>,
  own: { tail: Tail; weights: Value<D> | undefined },
) => Value<D> | undefined

const weighed = <D extends Real>(v: Value<D>, weights: Value<D> | undefined): Value<D> =>
  weights ? mul(v, weights) : v

const each =
  (loss: Pointwise): Loss =>
  (y, t, { tail, weights }) =>
    weighed(loss(y, t, tail), weights)

const losses: Readonly<Record<Semantics['class'], (semantics: Semantics) => Loss>> = {
  bce: ({ classPositive }) => each(weightedBce(classPositive)),
  focal: ({ classAlpha, classGamma }) => each(retina(classAlpha, classGamma)),
  softmax:
    () =>
    (y, t, { weights }) =>
      y === 0 ? undefined : softmax(weighed(y, weights), t),
  'softmax-focal':
    ({ classAlpha, classGamma }) =>
    (y, t, { weights }) =>
      y === 0 ? undefined : softmaxFocal(weighed(y, weights), t, classAlpha, classGamma),
  squared: ({ decode }) => each((z, t, tail) => squared(z, decodes[decode].score(t), tail)),
}

/** Weights of the classes `[C]`; nothing where all are 1. */
function weightsOf<D extends Real>({ scale, semantics: { classWeights } }: Room<D>): Value<D> | undefined {
  const all = Array.from({ length: scale.classes }, (_, c) => classWeights[c] ?? 1)
  if (all.every((weight) => weight === 1)) return undefined
  return scale.graph.constant(tensorOf(scale.dtype, [scale.classes], all), 'classWeights')
}

const total = <D extends Real>(v: Value<D>): Value<D> => reduceSum(v, { axes: [1, 2] })

/** Whether classes are learnt at all. */
export const learnsClasses = ({ classes }: { readonly classes: number }, { singleClass }: Semantics): boolean =>
  !(classes === 1 && singleClass === 'none')

/** The term class: what the labelled rows, or all, say of their classes. `[B]` */
export function classTerm<D extends Real>(room: Room<D>): Value<D> | undefined {
  const { scale, semantics } = room
  if (!learnsClasses(scale, semantics)) return undefined
  const labelled = scale.graph.scope('objects', () => ofLabels(room))
  if (semantics.classCells === 'objects') return labelled
  const others = scale.graph.scope('background', () => ofOthers(room))
  return others ? add(labelled, others) : labelled
}

/** Those of matches; rows that are learnt everywhere count no more than others. */
function ofLabels<D extends Real>(room: Room<D>): Value<D> {
  const { matches, semantics, learns, scale, t, o, tail } = room
  const labels = where(learns.classes, matches.classLabels, 0)
  const y = smoothings[semantics.smoothing].label(labels, scale.classes, semantics.smooth)
  const own = { tail, weights: weightsOf(room) }
  const value = losses[semantics.class](semantics)(y, safe(learns.classes, t.cls), own) as Value<D>
  const weight = column(matches.classWeight)
  return total(mul(value, semantics.classCells === 'objects' ? mul(weight, o) : weight))
}

/** Rows without a match are taught that they have no class. */
function ofOthers<D extends Real>(room: Room<D>): Value<D> | undefined {
  const { semantics, scale, matches, tail } = room
  const [, obj, cls] = split(scale.logits, [4, 1, scale.classes], -1)
  const free = not(takenRows(scale, matches, obj))
  const t = safe(free, cls)
  const zero = smoothings[semantics.smoothing].zero(scale.classes, semantics.smooth)
  const y = zero === 0 ? 0 : fullLike(t, zero, t.dtype)
  const value = losses[semantics.class](semantics)(y, t, { tail, weights: weightsOf(room) })
  return value && total(mul(value, cast(free, t.dtype)))
}
