/** Centre x, y and size w, h. */
export type Plain = readonly [x: number, y: number, w: number, h: number]

/** Intersection over union in plain arithmetic, every result rounded by `r`. */
export function iouLoop(p: Plain, t: Plain, r: (x: number) => number): number {
  const overlap = (axis: 0 | 1) => {
    const [halfP, halfT] = [r(p[axis + 2] as number) / 2, r(t[axis + 2] as number) / 2]
    const right = Math.min(r(r(p[axis]) + halfP), r(r(t[axis]) + halfT))
    const left = Math.max(r(r(p[axis]) - halfP), r(r(t[axis]) - halfT))
    return Math.max(r(right - left), 0)
  }
  const inter = r(overlap(0) * overlap(1))
  const area = ([, , w, h]: Plain) => r(r(w) * r(h))
  return r(inter / r(r(area(p) + area(t)) - inter))
}
