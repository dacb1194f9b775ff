import { countOf, placeAt, type SemanticsInput } from '../cells/input.js'
import { Evaluator, type Outcome } from '../loops/evaluate.js'
import type { Semantics } from '../rules/rules.js'
import { type TermName, termNames } from '../rules/terms.js'

/** A term of a scale by two losses. */
export interface TermDifference {
  readonly scale: number
  readonly term: TermName
  readonly a: number
  readonly b: number
}

/** Cells and anchors of a scale, by what two losses make of them. */
export interface CellDifference {
  readonly scale: number
  readonly rows: number
  /** Where one finds an object and the other none. */
  readonly objects: number
  /** Where background counts for one and is ignored by the other. */
  readonly ignored: number
  /** Where the gradients differ by more than the smallest part of the largest. */
  readonly gradients: number
  /** The row whose gradient differs most: image, row, column, anchor; undefined where none does. */
  readonly worst?: readonly [image: number, row: number, column: number, anchor: number]
}

/** What a choice of semantics changes on a batch. */
export interface SemanticsDifference {
  readonly loss: readonly [a: number, b: number]
  readonly terms: readonly TermDifference[]
  readonly cells: readonly CellDifference[]
}

/** Of the largest number of a gradient; smaller differences are rounding. */
const smallest = 1e-9

/**
 * The same batch by two losses: per term, per scale, and in how many cells.
 * @throws RangeError if a shape contradicts the configuration
 */
export function compareSemantics(input: SemanticsInput, a: Semantics, b: Semantics): SemanticsDifference {
  const evaluator = new Evaluator(input)
  const outcomes = [evaluator.outcome(a), evaluator.outcome(b)] as const
  const gradients = [evaluator.gradients(a), evaluator.gradients(b)] as const
  return {
    loss: [outcomes[0].loss, outcomes[1].loss],
    terms: termDifferences(outcomes),
    cells: evaluator.scales.map((scale, l) => {
      const [ours, theirs] = [outcomes[0].scales[l], outcomes[1].scales[l]]
      const rows = countOf(scale)
      const count = (differs: (row: number) => boolean) =>
        Array.from({ length: rows }, (_, row) => row).filter(differs).length
      const far = distances(gradients[0][l] ?? new Float64Array(), gradients[1][l] ?? new Float64Array(), rows)
      const worst = far.indexOf(far.reduce((most, own) => Math.max(most, own), 0))
      const place = placeAt(scale, worst)
      return {
        scale: l,
        rows,
        objects: count((row) => ours?.objectMask[row] !== theirs?.objectMask[row]),
        ignored: count((row) => ours?.ignoreMask[row] !== theirs?.ignoreMask[row]),
        gradients: far.filter((own) => own > 0).length,
        ...((far[worst] ?? 0) > 0 && { worst: [place.image, place.row, place.column, place.anchor] as const }),
      }
    }),
  }
}

const termDifferences = ([a, b]: readonly [Outcome, Outcome]): TermDifference[] =>
  a.scales.flatMap((own, scale) =>
    termNames
      .map((term) => ({ scale, term, a: own[term], b: b.scales[scale]?.[term] ?? Number.NaN }))
      .filter((row) => row.a !== 0 || row.b !== 0),
  )

/** How far two gradients are apart in each row of predictions; 0 where that is rounding. */
function distances(a: Float64Array, b: Float64Array, rows: number): number[] {
  const limit = smallest * a.reduce((most, g, i) => Math.max(most, Math.abs(g), Math.abs(b[i] ?? 0)), 0)
  const stride = a.length / Math.max(rows, 1)
  return Array.from({ length: rows }, (_, row) => {
    let most = 0
    for (let i = row * stride; i < (row + 1) * stride; i++) {
      const own = Math.abs((a[i] ?? 0) - (b[i] ?? 0))
      most = Number.isNaN(own) ? Number.POSITIVE_INFINITY : Math.max(most, own)
    }
    return most > limit ? most : 0
  })
}
