import { type Box, iou, isUnrounded } from '../../../reference/index.js'

/** The fraction p/q of smallest terms that is θ as float64; undefined where none below a million is. */
export function fractionOf(θ: number): readonly [p: number, q: number] | undefined {
  let [whole, rest] = [Math.floor(θ), θ - Math.floor(θ)]
  let [p0, q0, p, q] = [1, 0, whole, 1]
  while (p / q !== θ) {
    whole = Math.floor(1 / rest)
    rest = 1 / rest - whole
    ;[p0, q0, p, q] = [p, q, whole * p + p0, whole * q + q0]
    if (q > 1e6 || !Number.isFinite(q)) return undefined
  }
  return [p, q]
}

/** Numbers that a box may be wider by: small odd ones times powers of two. */
const factors = Array.from({ length: 40 }, (_, k) => 2 * k + 1).flatMap((odd) =>
  Array.from({ length: 16 }, (_, k) => odd / 2 ** k),
)

/**
 * True boxes about the centre of p whose IoU with it is exactly θ = p/q, with nothing rounded but the quotient:
 *
 * - inside p: w·h = θ·area, one side kept or shortened by a short factor;
 * - across p, wider and lower: I = w_p·h, U = w_p·h_p + w·h − I, hence h = p·w_p·h_p / ((p + q)·w_p − p·w).
 */
export function tieWith(p: Box, θ: number): Box | undefined {
  const fraction = fractionOf(θ)
  if (!fraction || θ <= 0 || θ > 1) return undefined
  const [n, d] = fraction
  const found = (t: Box) => t.w > 0 && t.h > 0 && isUnrounded(p, t) && iou(p, t) === θ
  for (const f of [1, ...factors]) {
    const [w, h] = [p.w * f, p.h * f]
    const candidates: Box[] = [
      { ...p, w, h: (θ * p.h) / f },
      { ...p, h, w: (θ * p.w) / f },
      { ...p, w, h: (n * p.w * p.h) / ((n + d) * p.w - n * w) },
      { ...p, h, w: (n * p.h * p.w) / ((n + d) * p.h - n * h) },
    ]
    const tie = candidates.find((t) => [t.w, t.h].every((x) => Number.isFinite(x)) && found(t))
    if (tie) return tie
  }
  return undefined
}

/** The box nearest to a tie on one side of the threshold that is exact as well: larger or smaller by a power of two. */
export function nearTie(p: Box, tie: Box, θ: number, side: 1 | -1): Box | undefined {
  for (let k = 22; k > 4; k--)
    for (const sign of [1, -1])
      for (const axis of ['w', 'h'] as const) {
        const t = { ...tie, [axis]: tie[axis] * (1 + sign * 2 ** -k) }
        const [ratio, limit] = [Math.fround(iou(p, t)), Math.fround(θ)]
        if (isUnrounded(p, t) && (side > 0 ? ratio > limit : ratio < limit)) return t
      }
  return undefined
}
