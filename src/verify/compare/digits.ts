/** A number short enough for a column: three digits, `-` when there is none. */
export function short(value: number | undefined): string {
  if (value === undefined) return '-'
  if (value === 0) return '0'
  return Number.isFinite(value) ? value.toExponential(2) : String(value).replace('Infinity', 'inf')
}

/** A tolerance in three significant digits, as its author wrote it where that is shorter: 2e-6, not 2.00e-6. */
export const brief = (value: number): string =>
  value === 0 ? '0' : Number(value.toPrecision(3)).toExponential().replace('e+0', '')

/** A count that may be huge: whole up to a million, then three digits. */
export const counted = (value: number | undefined): string =>
  value === undefined || value >= 1e6 ? short(value) : String(Math.round(value))
