import type { Box } from '../../boxes.js'
import { type Decode, decodes } from '../formulas/decode.js'
import type { Sloped } from '../formulas/pointwise.js'
import type { Semantics } from '../rules/rules.js'
import { anchorOf, at, type Place, type Scale, startOf } from './input.js'

/** How a scale decodes. */
export interface Decoding extends Decode {
  /** Widening of the centre at this scale. */
  readonly q: number
}

/** @param scales how many there are, the finest being the last */
export function decodingOf(
  { decode, scaleXY }: Pick<Semantics, 'decode' | 'scaleXY'>,
  l: number,
  scales: number,
): Decoding {
  const own: Decode = decodes[decode]
  if (decode !== 'scaled') return { ...own, q: 1 }
  const fromFinest = scales - 1 - l
  return { ...own, q: scaleXY[Math.min(fromFinest, scaleXY.length - 1)] ?? 1 }
}

/** The predicted box of a row, in fractions of the input, each number with its derivative by its logit. */
export interface Predicted {
  readonly box: Box
  readonly slopes: readonly [x: number, y: number, w: number, h: number]
}

/** Unclipped, of whatever size. */
export function predictedAt(scale: Scale, place: Place, { centre, size, q }: Decoding): Predicted {
  const start = startOf(scale, place.index)
  const [aw, ah] = anchorOf(scale, place.anchor)
  const t = (k: number) => at(scale.logits, start + k)
  const [x, y] = [centre(t(0), q), centre(t(1), q)]
  const [w, h]: Sloped[] = [size(t(2), aw), size(t(3), ah)]
  const { columns, rows } = scale
  return {
    box: {
      x: (x.value + place.column) / columns,
      y: (y.value + place.row) / rows,
      w: w?.value ?? Number.NaN,
      h: h?.value ?? Number.NaN,
    },
    slopes: [x.slope / columns, y.slope / rows, w?.slope ?? Number.NaN, h?.slope ?? Number.NaN],
  }
}
