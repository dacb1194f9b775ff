import { tensorOf, type Value } from '../../../onnx/index.js'
import { add, mul } from '../../../onnx/math.js'
import { coarsestStride } from '../../config/vocabulary.js'
import type { Grids } from '../grids.js'
import { halves, halvesOf } from '../halves.js'

/** Width and height of a fixed input. */
export const inputOf = ({ config: { input } }: Grids): readonly [width: number, height: number] => {
  const [height, width] = input as readonly [number, number]
  return [width, height]
}

/**
 * Pixels `[…, 2]` divided by the input size, rounded as a division is, from products alone, for WGSL lets a quotient be off
 * by 2.5 units in its last place:
 *
 *   p/S = p_high·r_high + (p_high·r_low + p_low·r),   r = 1/S = r_high + r_low
 *
 * The first product is exact and the rest is off by less than 2⁻³⁵ of the whole, whereas a quotient by a multiple of 32 up
 * to 4096 stays 2⁻³² away from the middle of two float32 numbers.
 */
export function sizeFractions(pixels: Value<'float32'>, grids: Grids): Value<'float32'> {
  const { graph } = grids
  const vector = (values: readonly number[]) => graph.constant(tensorOf('float32', [2], values))
  const reciprocals = inputOf(grids).map((side) => 1 / side)
  const [p, r] = [halves(pixels), halvesOf(reciprocals)]
  return graph.scope('fractions', () => {
    const rest = add(mul(p.high, vector(r.low)), mul(p.low, vector(reciprocals)))
    return add(mul(p.high, vector(r.high)), rest)
  })
}

/** Of each whole pixel along x, then y: its fraction of the input, and the cell of this at each scale `[W + H, 1 + L]`. */
export function centreTable(grids: Grids): Value<'float32'> {
  const grid = (side: number, l: number) => (side / coarsestStride) * 2 ** l
  const rows = inputOf(grids).flatMap((side) =>
    Array.from({ length: side }, (_, n) => {
      const fraction = Math.fround(n / side)
      return [fraction, ...grids.scales.map((_, l) => Math.floor(fraction * grid(side, l)))]
    }),
  )
  return grids.graph.constant(tensorOf('float32', [rows.length, 1 + grids.scales.length], rows.flat()), 'centres')
}
