import type { Real } from '../../../io/index.js'
import type { Value } from '../../../onnx/index.js'
import { and, not } from '../../../onnx/logic.js'
import { add, max, mul, reduceSum } from '../../../onnx/math.js'
import { split } from '../../../onnx/parts.js'
import { gather } from '../../../onnx/select.js'
import { cast, flatten, unsqueeze } from '../../../onnx/shape.js'
import type { Semantics } from '../../../reference/semantics/records.js'
import { decodes } from '../decode.js'
import { fullLike } from '../full.js'
import { coordinatesOf } from './coordinates.js'
import { weightedBce, without } from './formulas/bce.js'
import { focal } from './formulas/focal.js'
import type { Pointwise } from './formulas/goal.js'
import { retina } from './formulas/retina.js'
import { squared } from './formulas/squared.js'
import { type Room, safe } from './given.js'
import { placesOf } from './places.js'
import { takenRows } from './taken.js'
import { likenessOf } from './wholebox.js'

const losses: Readonly<Record<Semantics['objectness'], (semantics: Semantics) => Pointwise>> = {
  bce: ({ objectPositive }) => weightedBce(objectPositive),
  focal: ({ objectAlpha, objectGamma }) => focal(objectAlpha, objectGamma),
  retina: ({ objectAlpha, objectGamma }) => retina(objectAlpha, objectGamma),
  squared:
    ({ decode }) =>
    (z, t, tail) =>
      squared(z, decodes[decode].score(t), tail),
}

/** What a row with an object is to say, and how much it counts as one and as background; each `[B, K, 1]`. */
interface Goals<D extends Real> {
  readonly target: Value<D>
  /** 1 unless said. */
  readonly object?: Value<D>
  /** 0 unless said. */
  readonly background?: Value<D>
}

/** How like the predicted boxes are that say whether there is an object, held constant. */
function held<D extends Real>(room: Room<D>, kind: 'iou' | 'ciou', epsilon: number): Value<D> {
  const likeness = likenessOf(room, coordinatesOf(room, room.learns.object), kind, epsilon)
  return room.hold(kind === 'iou' ? likeness : max(likeness, 0))
}

const targets: Readonly<Record<Semantics['objectTarget'], <D extends Real>(room: Room<D>) => Goals<D>>> = {
  label: ({ o }) => ({ target: o, object: o, background: without(o) }),
  one: ({ o }) => ({ target: fullLike(o, 1, o.dtype), object: o }),
  iou: (room) => ({ target: held(room, 'iou', 0) }),
  ciou: (room) => ({ target: held(room, 'ciou', room.semantics.boxEpsilon) }),
}

/**
 * The term conf: what each row says of there being an object; of several matches the last says it. `[B]`
 *
 *     λ_obj·w·f(τ', t) + λ_noobj·(1 − w)·κ·f(τ, t),   τ' smoothed, background rows have w = τ = 0
 */
export function objectTerm<D extends Real>(room: Room<D>): Value<D> {
  const { graph } = room.scale
  return add(
    graph.scope('objects', () => ofObjects(room)),
    graph.scope('background', () => ofBackground(room)),
  )
}

const total = <D extends Real>(v: Value<D>): Value<D> => reduceSum(v, { axes: [1, 2] })

function ofObjects<D extends Real>(room: Room<D>): Value<D> {
  const { semantics, learns, t, tail, o } = room
  const { objectWeight, backgroundWeight, smoothObject } = semantics
  const goals = targets[semantics.objectTarget](room)
  const f = losses[semantics.objectness](semantics)
  const own = safe(learns.object, t.obj)
  const target = safe(learns.object, goals.target)
  const smoothed = smoothObject === 0 ? target : add(mul(target, 1 - smoothObject), 0.5 * smoothObject)
  const value = f(smoothed, own, tail)
  const asObject = mul(goals.object ? mul(value, goals.object) : value, objectWeight)
  const there = cast(learns.object, o.dtype)
  if (!goals.background) return total(mul(asObject, there))
  const κ = maskAtMatches(room)
  const weight = κ ? mul(goals.background, cast(κ, o.dtype)) : goals.background
  const plain = smoothObject === 0 ? value : f(target, own, tail)
  return total(mul(add(asObject, mul(mul(plain, weight), backgroundWeight)), there))
}

/** κ of the rows of matches `[B, K, 1]`. */
function maskAtMatches<D extends Real>({ κ, matches, scale }: Room<D>): Value<'bool'> | undefined {
  if (!κ) return undefined
  return unsqueeze(matches.everyRow ? κ : gather(flatten(κ), placesOf(scale, matches.index)), [2])
}

/** Rows without a match that are not ignored. */
function ofBackground<D extends Real>({ scale, matches, κ, semantics, tail }: Room<D>): Value<D> {
  const t = split(scale.logits, [4, 1, scale.classes], -1)[1]
  const free = not(takenRows(scale, matches, t))
  const counts = κ ? and(free, unsqueeze(κ, [2])) : free
  const value = losses[semantics.objectness](semantics)(0, safe(counts, t), tail)
  return total(mul(mul(value, cast(counts, t.dtype)), semantics.backgroundWeight))
}
