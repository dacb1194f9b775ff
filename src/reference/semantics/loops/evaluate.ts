import { type Scale, type SemanticsInput, scalesOf } from '../cells/input.js'
import type { Match } from '../cells/match.js'
import type { Semantics } from '../rules/rules.js'
import { eachTerm, type TermName, type Terms, termNames } from '../rules/terms.js'
import { centreTerm, heldConstant, sizeTerm, wholeBoxTerm } from './box.js'
import { classTerm } from './classes.js'
import { maskFrom, overlapsOf } from './mask.js'
import { boxesOf, classesOf, matchesOf } from './matches.js'
import { Memo } from './memo.js'
import { type ObjectTarget, objectTargets, objectTerm } from './objectness.js'
import { backwardOf, type Counts, divisionByBatch, factorOf, timesOf } from './reduce.js'
import type { Tally } from './tally.js'

/** What a scale has part in a loss. */
export interface ScaleOutcome extends Terms<number> {
  /** κ, `[B,h,w,A]`. */
  readonly ignoreMask: Uint8Array
  /** 1 where a row of predictions has an object, `[B,h,w,A]`. */
  readonly objectMask: Uint8Array
  /** Boxes that rows of predictions are to find; two that share one are two. */
  readonly matches: number
  /** The terms of each image, weighted, not divided by the batch. */
  readonly perImage: Terms<Float64Array>
}

/** A loss and what it consists of. */
export interface Outcome {
  /** Of all images together. */
  readonly loss: number
  /** Of each image `[B]`, not divided by the batch. */
  readonly perImage: Float64Array
  readonly scales: readonly ScaleOutcome[]
}

/** What depends on the logits without being differentiated. */
export interface Held {
  readonly matches: readonly (readonly Match[])[]
  readonly masks: readonly Uint8Array[]
  readonly goals: readonly ReadonlyMap<number, ObjectTarget>[]
  readonly constants: readonly (readonly (number | undefined)[])[]
}

/** One batch under any rules: what two sets of rules have in common is computed once. */
export class Evaluator {
  readonly input: SemanticsInput
  readonly scales: readonly Scale[]
  readonly #held: Held | undefined
  readonly #memo = new Memo()

  /**
   * @param held what is not differentiated, from other logits
   * @throws RangeError if a shape contradicts the configuration
   */
  constructor(input: SemanticsInput, held?: Held) {
    this.input = input
    this.#held = held
    this.scales = scalesOf(input)
  }

  #stage<T>(name: string, semantics: Semantics, compute: (semantics: Semantics) => T): T {
    return this.#memo.recall(name, semantics, compute)
  }

  #matches(semantics: Semantics): readonly (readonly Match[])[] {
    return this.#held?.matches ?? this.#stage('matches', semantics, (own) => matchesOf(this.input, this.scales, own))
  }

  masks(semantics: Semantics): readonly Uint8Array[] {
    if (this.#held) return this.#held.masks
    return this.#stage('masks', semantics, (own) =>
      this.scales.map((scale, l) => maskFrom(scale, this.#overlaps(l, own), own, this.input.ignoreThreshold)),
    )
  }

  /** The best IoU of each row of predictions with the true boxes that may hide it; nothing where there is no mask. */
  #overlaps(l: number, semantics: Semantics): Float64Array | undefined {
    if (semantics.maskOf === 'none') return undefined
    const given = { scales: this.scales, labels: this.input.labels }
    return this.#stage(`overlaps ${l}`, semantics, (own) =>
      overlapsOf(l, { ...given, matches: this.#matches(own) }, own),
    )
  }

  #box(l: number, semantics: Semantics) {
    const scale = this.scales[l] as Scale
    return {
      scale,
      scales: this.scales.length,
      boxes: boxesOf(this.#matches(semantics)[l] ?? [], semantics),
      semantics,
    }
  }

  #object(l: number, semantics: Semantics) {
    const scale = this.scales[l] as Scale
    return { scale, scales: this.scales.length, matches: this.#matches(semantics)[l] ?? [], semantics }
  }

  #goals(l: number, semantics: Semantics): ReadonlyMap<number, ObjectTarget> {
    return this.#held?.goals[l] ?? this.#stage(`goals ${l}`, semantics, (own) => objectTargets(this.#object(l, own)))
  }

  /** A term of a scale before weights and reduction. */
  term(name: TermName, l: number, semantics: Semantics): Tally {
    const of: Terms<(own: Semantics) => Tally> = {
      xy: (own) => centreTerm(this.#box(l, own)),
      wh: (own) => sizeTerm(this.#box(l, own), this.input.guard ?? false),
      box: (own) => wholeBoxTerm(this.#box(l, own), this.#held?.constants[l]),
      conf: (own) => objectTerm(this.#object(l, own), this.masks(own)[l] ?? new Uint8Array(), this.#goals(l, own)),
      class: (own) =>
        classTerm({
          scale: this.scales[l] as Scale,
          labels: classesOf(this.#matches(own)[l] ?? [], own),
          semantics: own,
        }),
    }
    return this.#stage(`${name} ${l}`, semantics, of[name])
  }

  #counts(l: number, semantics: Semantics): Counts {
    return this.#stage(`counts ${l}`, semantics, (own) => ({
      boxes: this.#box(l, own).boxes.length,
      labels: classesOf(this.#matches(own)[l] ?? [], own).length,
    }))
  }

  /** What the sum of a term of a scale is multiplied by to be a component. */
  factor(name: TermName, l: number, semantics: Semantics): number {
    const counts = this.#counts(l, semantics)
    return factorOf(name, this.scales[l] as Scale, { counts, scales: this.scales.length, semantics })
  }

  /** What the sum of the components is multiplied by to be the loss. */
  times(semantics: Semantics): number {
    return timesOf(semantics, this.scales[0]?.batch ?? 0)
  }

  /** What is not differentiated, for other logits. */
  hold(semantics: Semantics): Held {
    const all = this.scales.map((_, l) => l)
    return {
      matches: this.#matches(semantics),
      masks: this.masks(semantics),
      goals: all.map((l) => this.#goals(l, semantics)),
      constants: all.map((l) => heldConstant(this.#box(l, semantics))),
    }
  }

  /** The loss by a set of rules. */
  outcome(semantics: Semantics): Outcome {
    const scales = this.scales.map((_, l) => this.#scale(l, semantics))
    const times = this.times(semantics)
    const batch = this.scales[0]?.batch ?? 0
    const perImage = Float64Array.from({ length: batch }, (_, b) =>
      scales.reduce((sum, scale) => sum + termNames.reduce((own, name) => own + (scale.perImage[name][b] ?? 0), 0), 0),
    )
    const loss = times * scales.reduce((sum, scale) => sum + termNames.reduce((own, name) => own + scale[name], 0), 0)
    return { loss, perImage: perImage.map((own) => times * own), scales }
  }

  #scale(l: number, semantics: Semantics): ScaleOutcome {
    const factors = eachTerm((name) => this.factor(name, l, semantics))
    const sums = eachTerm((name) => this.term(name, l, semantics).perImage)
    const ignoreMask = this.masks(semantics)[l] ?? new Uint8Array()
    const matches = this.#matches(semantics)[l] ?? []
    const undivided = divisionByBatch(semantics, this.scales[0]?.batch ?? 0)
    const objectMask = new Uint8Array(ignoreMask.length)
    for (const { index } of matches) objectMask[index] = 1
    return {
      ...eachTerm((name) => factors[name] * sums[name].reduce((sum, own) => sum + own, 0)),
      ignoreMask,
      objectMask,
      matches: matches.length,
      perImage: eachTerm((name) => sums[name].map((own) => own * factors[name] * undivided)),
    }
  }

  /** The gradient of the loss by the logits, `[B,h,w,A·(5+C)]` of each scale; or what the rules say that stands for it. */
  gradients(semantics: Semantics): Float64Array[] {
    const own = backwardOf(semantics)
    const times = this.times(own)
    return this.scales.map((scale, l) => {
      const gradient = new Float64Array(scale.logits.length)
      for (const name of termNames) {
        const factor = times * this.factor(name, l, own)
        this.term(name, l, own).slopes.forEach((at, by) => {
          gradient[at] = (gradient[at] ?? 0) + factor * by
        })
      }
      return gradient
    })
  }
}
