/** How far a loss is off another: not at all where both are NaN, or the same infinity. */
export const apart = (a: number, b: number): number => (Object.is(a, b) ? 0 : Math.abs(a - b))

/** Whether a graph has the loss of the reference; what is not finite is the same or is not. */
export const agrees = (graph: number, reference: number, tolerance: number): boolean =>
  Number.isFinite(reference) ? apart(graph, reference) <= tolerance : Object.is(graph, reference)

/** What became of a loss, as the end of a sentence. */
export function sinceThen(before: number, now: number): string {
  if (apart(before, now) === 0) return 'as at the beginning'
  if (Number.isNaN(now)) return 'which is no number now'
  if (Number.isNaN(before)) return 'which was no number at the beginning'
  if (!Number.isFinite(now)) return 'which is infinite now'
  if (!Number.isFinite(before)) return 'which was infinite at the beginning'
  return `${Number(Math.abs(now - before).toPrecision(4))} ${now > before ? 'more' : 'less'} than at the beginning`
}
