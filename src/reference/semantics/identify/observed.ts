import type { Grid } from '../../types.js'
import { type TermName, termNames } from '../rules/terms.js'

/** What a name of a result is about. */
export type Subject =
  | { readonly kind: 'loss' }
  /** Sums of terms, of one scale or of all. */
  | { readonly kind: 'terms'; readonly terms: readonly TermName[]; readonly scale?: number }
  /** κ of a scale. */
  | { readonly kind: 'mask'; readonly scale: number }
  /** The gradient by the logits of a scale, or its negative. */
  | { readonly kind: 'gradient'; readonly scale: number; readonly sign: 1 | -1 }
  /** The sum of its squares. */
  | { readonly kind: 'cost'; readonly scale: number }

/** A result of somebody's. */
export interface Observed {
  /** By our name. */
  readonly name: string
  readonly subject: Subject
  readonly grid: Grid
}

/** Names that stand for several terms together. */
const together: Readonly<Record<string, readonly TermName[]>> = {
  ...Object.fromEntries(termNames.map((name) => [name, [name]])),
  location: ['xy', 'wh', 'box'],
  total: termNames,
}

/** Names of results without the number of a scale, as messages list them. */
export const resultNames = ['loss', ...Object.keys(together), 'ignore_mask', 'grad_y_pred', 'delta_y_pred', 'cost']

/** What a name is about; undefined for a name that is none of ours. @param scales how many there are */
export function subjectOf(name: string, scales: number): Subject | undefined {
  if (name === 'loss') return { kind: 'loss' }
  const [, stem = name, digits] = /^(.*?)_(\d+)$/.exec(name) ?? []
  const terms = Object.hasOwn(together, stem) ? together[stem] : undefined
  if (digits === undefined) return terms && { kind: 'terms', terms }
  const scale = Number(digits)
  if (scale >= scales) return undefined
  if (terms) return { kind: 'terms', terms, scale }
  if (stem === 'ignore_mask') return { kind: 'mask', scale }
  if (stem === 'grad_y_pred') return { kind: 'gradient', scale, sign: 1 }
  if (stem === 'delta_y_pred') return { kind: 'gradient', scale, sign: -1 }
  return stem === 'cost' ? { kind: 'cost', scale } : undefined
}
