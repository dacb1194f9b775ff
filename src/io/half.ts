/** The value of a float16 from its bits (IEEE 754 binary16). */
export function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1024 + fraction) * 2 ** (exponent - 25)
}

/** The bits of the float16 nearest to a number, ties to even (IEEE 754 binary16). */
export function halfBits(x: number): number {
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0
  const size = Math.abs(x)
  if (Number.isNaN(x)) return 0x7e00
  if (size === Number.POSITIVE_INFINITY) return sign | 0x7c00
  const exponent = Math.max(Math.floor(Math.log2(size)), -14)
  const steps = size === 0 ? 0 : roundEven(size / 2 ** (exponent - 10))
  // A carry into the next binade, and into infinity, is one step like any other.
  return sign | Math.min(size === 0 ? 0 : (exponent + 14) * 1024 + steps, 0x7c00)
}

function roundEven(x: number): number {
  const down = Math.floor(x)
  const rest = x - down
  return rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? down + 1 : down
}
