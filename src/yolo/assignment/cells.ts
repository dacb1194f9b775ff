import type { Value } from '../../onnx/index.js'
import { add, div, floor, mul, sub } from '../../onnx/math.js'
import { concat } from '../../onnx/parts.js'
import { cast } from '../../onnx/shape.js'
import type { Grids } from './grids.js'
import type { Rows } from './rows.js'

type V = Value<'float32'>

/**
 * Centre and size as fractions of the input, `[B, T, 4]`: in the original a float64 quotient that is stored in float32
 * (S29), which is the float32 quotient, for none by less than 2²⁷ lies in the middle of two such numbers. Source:
 * keras-yolo3 `preprocess_true_boxes`.
 */
export function fractions({ centre, size }: Rows, { graph, scales }: Grids): V {
  return graph.scope('fractions', () => {
    const S = cast((scales[0] as Grids['scales'][number]).S, 'float32')
    return div(concat([centre, size], 2), concat([S, S], 0))
  })
}

/** The step between two digits of a fraction: 12 bits, so that a product with as many again is exact in float32. */
const base = 2 ** 12

/**
 * Column and row of the cell of centres, `[K, 2]`: ⌊x·g⌋ of the float32 fraction x, which the original multiplies in
 * float64 (S29). Digit by digit from the last, with all that carries over, as no runtime rounds it up to the next cell:
 *
 *   x = (d₁ + x₁)/2¹²,   x₁ = (d₂ + x₂)/2¹²:   ⌊x·g⌋ = ⌊(d₁·g + ⌊x₁·g⌋)/2¹²⌋,   g ≤ 2¹²
 *
 * x₂ has 12 bits, as x < 2⁻¹² is in the first cell whatever its last ones are.
 */
export function cellsOf(xy: V, grid: Value<'int64'>): Value<'int64'> {
  const g = cast(grid, 'float32')
  const [d1, x1] = nextDigit(xy)
  const [d2, x2] = nextDigit(x1)
  const carry = (d: V, rest: V) => floor(mul(add(mul(d, g), rest), 1 / base))
  return xy.graph.scope('cells', () => cast(carry(d1, carry(d2, floor(mul(x2, g)))), 'int64'))
}

/** First digit of a fraction, and the fraction that the others make. */
function nextDigit(x: V): readonly [digit: V, rest: V] {
  const scaled = mul(x, base)
  const digit = floor(scaled)
  return [digit, sub(scaled, digit)]
}
