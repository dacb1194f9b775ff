/** Where labels stand that want to be beside the ends of lines: in their order, not closer than `gap`, between two bounds. */
export function spread(wanted: readonly number[], gap: number, top: number, bottom: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] as number) - (wanted[b] as number) || a - b)
  // More than there is room for come closer.
  const apart = Math.min(gap, (bottom - top) / Math.max(order.length - 1, 1))
  const places = [...wanted]
  let least = top
  for (const i of order) {
    places[i] = Math.max(places[i] as number, least)
    least = (places[i] as number) + apart
  }
  let most = bottom
  for (const i of [...order].reverse()) {
    places[i] = Math.min(places[i] as number, most)
    most = (places[i] as number) - apart
  }
  return places
}
