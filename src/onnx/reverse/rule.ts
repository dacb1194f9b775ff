import type { Applied, V } from './applied.js'
import { operand, result } from './applied.js'

/** A gradient, or none. */
export type Part = V | undefined

/**
 * How an operator passes gradients on. Contributions may have a shape that broadcasts to that of the operand, or that it
 * broadcasts to: the walker expands and sums.
 */
export interface Rule {
  /** In the notation of the field: x, a, b operands, y the result, g its gradient. */
  readonly formula: string
  /** Places of the operands that it differentiates by; all by default. */
  readonly by?: readonly number[]
  /** What each operand gets from the gradients of the results. */
  readonly back: (node: Applied, g: readonly Part[]) => readonly Part[]
}

interface Point {
  readonly x: V
  readonly y: V
  readonly g: V
  readonly n: Applied
}

/** A rule of an operator with one result, whose gradient there is. */
export const ruled = (
  formula: string,
  back: (node: Applied, g: V) => readonly Part[],
  by?: readonly number[],
): Rule => ({ formula, ...(by && { by }), back: (n, [g]) => back(n, g as V) })

/** A rule of an operator that maps one operand number by number. */
export const pointwise = (formula: string, slope: (at: Point) => V): Rule =>
  ruled(formula, (n, g) => [slope({ x: operand(n), y: result(n), g, n })], [0])
