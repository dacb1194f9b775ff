/** Neighbouring steps, as far as a curve shows them. */
export interface Span {
  /** Where it begins and ends on the axis. */
  readonly from: number
  readonly to: number
  /** Where on the axis it breaks off, as steps are missing from there on; NaN where none are. */
  readonly until: number
  /** Of the numbers in it; NaN where there is none. */
  readonly least: number
  readonly most: number
  readonly mean: number
  /** How many steps have a number, and how many one that is NaN or infinite. */
  readonly count: number
  readonly missing: number
}

/**
 * The mean of means, each of so many numbers. It does not overflow, and rounding does not carry it beyond the least and the
 * most of them: what is constant stays so.
 */
export function meanOf(parts: readonly Pick<Span, 'mean' | 'count'>[], least: number, most: number): number {
  const all = parts.reduce((sum, { count }) => sum + count, 0)
  const mean = parts.reduce((sum, { mean, count }) => (count > 0 ? sum + mean * (count / all) : sum), 0)
  return Math.min(Math.max(mean, least), most)
}

/** Spans as one. @param spans at least one, in order */
export function joined(spans: readonly Span[]): Span {
  const first = spans[0] as Span
  const full = spans.filter(({ count }) => count > 0)
  const least = full.length > 0 ? Math.min(...full.map(({ least }) => least)) : Number.NaN
  const most = full.length > 0 ? Math.max(...full.map(({ most }) => most)) : Number.NaN
  return {
    from: first.from,
    to: (spans.at(-1) as Span).to,
    until: (spans.at(-1) as Span).until,
    least,
    most,
    mean: full.length > 0 ? meanOf(full, least, most) : Number.NaN,
    count: full.reduce((sum, span) => sum + span.count, 0),
    missing: spans.reduce((sum, span) => sum + span.missing, 0),
  }
}

/** A span on a drawing: which column of pixels it falls into, and whether steps are missing after it. */
export interface Column extends Span {
  readonly column: number
  readonly ends: boolean
}

/**
 * Spans by the column of pixels that their middle falls into, which have no more than one each: least and most of all
 * steps are kept, so that no spike is lost.
 * @param place of a number on the axis, from 0 to 1
 */
export function columnsOf(spans: readonly Span[], columns: number, place: (x: number) => number): Column[] {
  const groups = new Map<number, Span[]>()
  const ends = new Set<number>()
  let last = -1
  for (const span of spans) {
    const { from, to, until } = span
    const breaks = !Number.isNaN(until)
    if (span.count + span.missing > 0) {
      last = Math.min(Math.floor(place((from + (breaks ? until : to)) / 2) * columns), columns - 1)
      // A hole within a column is not seen.
      ends.delete(last)
      groups.set(last, [...(groups.get(last) ?? []), span])
    }
    if (breaks) ends.add(last)
  }
  return [...groups].map(([column, group]) => ({ column, ends: ends.has(column), ...joined(group) }))
}

/** Stretches of columns without a number missing, or steps that would have columns between them. */
export function unbroken(columns: readonly Column[]): Column[][] {
  const parts: Column[][] = [[]]
  for (const [i, column] of columns.entries()) {
    const next = columns[i + 1]?.column ?? column.column
    if (column.count > 0) parts.at(-1)?.push(column)
    if (column.missing > 0 || (column.ends && next > column.column + 1)) parts.push([])
  }
  return parts.filter((part) => part.length > 0)
}
