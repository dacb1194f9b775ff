import type { CaseReport } from '../../judge/result.js'
import { verdictOf } from '../totals.js'

/** A verdict, coloured by its word. */
export const verdict = (word: string): string => `<span class="${word}">${word}</span>`

/** The verdict of some reports together, as the page spells it. */
export const verdictOn = (reports: readonly CaseReport[]): string => verdictOf(reports).toUpperCase()

export const htmlTable = (titles: readonly string[], rows: readonly string[]): string =>
  `<div class="scroll" tabindex="0"><table><thead><tr>${titles.map((t) => `<th scope="col">${t}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`

export const tableRow = (texts: readonly string[]): string => `<tr>${texts.map((t) => `<td>${t}</td>`).join('')}</tr>`

/** Terms, each with what it is. */
export const definitions = (pairs: readonly (readonly [term: string, is: string])[]): string =>
  `<dl>${pairs.map(([term, is]) => `<dt>${term}</dt><dd>${is}</dd>`).join('')}</dl>`
