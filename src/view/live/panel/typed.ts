import { number } from '../../client/dom/text.js'

/** What a field for numbers shows: no field takes NaN and infinities, which stand there as a hint of what it has. */
export const typed = (value: number | undefined): { readonly value: string; readonly placeholder: string } => ({
  value: value !== undefined && Number.isFinite(value) ? String(Number(value.toPrecision(9))) : '',
  placeholder: value === undefined || Number.isFinite(value) ? '' : number(value),
})
