import { at } from '../cells/input.js'
import type { Evaluator } from '../loops/evaluate.js'
import { backwardOf } from '../loops/reduce.js'
import type { Semantics } from '../rules/rules.js'
import { type TermName, termNames } from '../rules/terms.js'
import type { Observed, Subject } from './observed.js'
import { type Columns, columnsAt, columnsOf, ProductsWith, productOf } from './products.js'

/** How far apart two numbers are, of the larger; 0 for the same infinity, infinitely far from what is no number. */
export function apart(ours: number, theirs: number): number {
  if (ours === theirs || (Number.isNaN(ours) && Number.isNaN(theirs))) return 0
  const distance = Math.abs(ours - theirs) / Math.max(Math.abs(ours), Math.abs(theirs))
  return Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance
}

/** How far a loss is from what was observed of another, result by result. */
export class Comparison {
  readonly #evaluator: Evaluator
  readonly #gradients = new Map<
    Observed,
    { readonly products: ProductsWith; readonly square: Readonly<Record<Columns, number>> }
  >()
  readonly observed: readonly Observed[]

  constructor(evaluator: Evaluator, observed: readonly Observed[]) {
    this.#evaluator = evaluator
    this.observed = observed
    for (const one of observed) {
      const { subject } = one
      if (subject.kind === 'gradient')
        this.#gradients.set(one, {
          products: new ProductsWith(one.grid.data, this.#logits(subject.scale)),
          square: this.#squares(one, subject.scale),
        })
    }
  }

  #logits(l: number): ArrayLike<number> {
    return this.#evaluator.scales[l]?.logits ?? []
  }

  /** Sums of squares of an observed gradient, by columns. */
  #squares({ grid }: Observed, l: number): Record<Columns, number> {
    const squares = { location: 0, objectness: 0, classes: 0 }
    const stride = 5 + (this.#evaluator.scales[l]?.classes ?? 0)
    const logits = this.#logits(l)
    for (let i = 0; i < grid.data.length; i++) {
      if (logits[i] === 0) continue
      squares[columnsAt(i % stride)] += at(grid.data, i) ** 2
    }
    return squares
  }

  /** Whether it matters what is given out for the gradient. */
  get hasGradients(): boolean {
    return this.observed.some(({ subject }) => subject.kind === 'gradient' || subject.kind === 'cost')
  }

  /** How far each result is: relative for numbers, the norm of the difference relative to that of the gradient. */
  distances(semantics: Semantics): number[] {
    return this.observed.map((one) => this.#distance(one, semantics))
  }

  /** The farthest of all. */
  farthest(semantics: Semantics): number {
    return this.distances(semantics).reduce((most, own) => Math.max(most, own), 0)
  }

  #distance(one: Observed, semantics: Semantics): number {
    const { subject, grid } = one
    if (subject.kind === 'gradient') return this.#gradientDistance(one, subject, backwardOf(semantics))
    if (subject.kind === 'mask') {
      const mask = this.#evaluator.masks(semantics)[subject.scale] ?? new Uint8Array()
      return mask.some((kappa, i) => kappa !== at(grid.data, i)) ? 1 : 0
    }
    const ours = this.numbers(subject, semantics, grid.data.length)
    return ours.reduce((most, own, i) => Math.max(most, apart(own, at(grid.data, i))), 0)
  }

  /** What we say of a subject: one number, or as many as there are images. */
  numbers(subject: Exclude<Subject, { kind: 'gradient' | 'mask' }>, semantics: Semantics, count: number): number[] {
    if (subject.kind === 'cost') return [this.#cost(subject.scale, backwardOf(semantics))]
    const terms = subject.kind === 'terms' ? subject.terms : termNames
    const all = this.#evaluator.scales.map((_, l) => l)
    const scales = subject.kind === 'terms' && subject.scale !== undefined ? [subject.scale] : all
    const times = subject.kind === 'loss' ? this.#evaluator.times(semantics) : 1
    const batch = this.#evaluator.scales[0]?.batch ?? 0
    const sums = Array.from({ length: count === batch && batch > 1 ? batch : 1 }, () => 0)
    const isByImage = sums.length > 1
    for (const l of scales)
      for (const term of terms) {
        const { perImage } = this.#evaluator.term(term, l, semantics)
        const factor =
          times *
          this.#evaluator.factor(term, l, semantics) *
          (isByImage && semantics.reduction === 'batch' ? batch : 1)
        for (const [b, own] of perImage.entries()) {
          const place = isByImage ? b : 0
          sums[place] = (sums[place] ?? 0) + factor * own
        }
      }
    return sums
  }

  #factor(term: TermName, l: number, semantics: Semantics): number {
    return this.#evaluator.times(semantics) * this.#evaluator.factor(term, l, semantics)
  }

  /** Pairs of terms that touch the same columns; mostly one is empty. @param logits where they are 0 it is left out */
  #mixed(l: number, semantics: Semantics, logits: ArrayLike<number>): number {
    const box = this.#evaluator.term('box', l, semantics)
    if (box.slopes.length === 0) return 0
    return (['xy', 'wh'] as const).reduce((sum, name) => {
      const other = this.#evaluator.term(name, l, semantics)
      if (other.slopes.length === 0) return sum
      return (
        sum + 2 * this.#factor('box', l, semantics) * this.#factor(name, l, semantics) * productOf(box, other, logits)
      )
    }, 0)
  }

  #cost(l: number, semantics: Semantics): number {
    const nothing = new ProductsWith([], [])
    const own = termNames.reduce(
      (sum, name) =>
        sum + this.#factor(name, l, semantics) ** 2 * nothing.of(this.#evaluator.term(name, l, semantics)).own,
      0,
    )
    return own + this.#mixed(l, semantics, [])
  }

  /** ‖f·g − d‖/‖d‖ by columns, from products that are known: f²‖g‖² − 2f·g·d + ‖d‖². */
  #gradientDistance(
    one: Observed,
    { scale: l, sign }: Extract<Subject, { kind: 'gradient' }>,
    semantics: Semantics,
  ): number {
    const { products, square } = this.#gradients.get(one) as { products: ProductsWith; square: Record<Columns, number> }
    const mixed = this.#mixed(l, semantics, this.#logits(l))
    const distance = { ...square, location: square.location + mixed }
    const ours = { location: mixed, objectness: 0, classes: 0 }
    for (const name of termNames) {
      const { own, both } = products.of(this.#evaluator.term(name, l, semantics))
      const factor = this.#factor(name, l, semantics)
      ours[columnsOf[name]] += factor * factor * own
      distance[columnsOf[name]] += factor * factor * own - 2 * sign * factor * both
    }
    return (['location', 'objectness', 'classes'] as const).reduce((most, columns) => {
      const size = Math.max(square[columns], ours[columns])
      const own = size === 0 ? 0 : Math.sqrt(Math.max(0, distance[columns]) / size)
      return Math.max(most, Number.isNaN(own) ? Number.POSITIVE_INFINITY : own)
    }, 0)
  }
}
