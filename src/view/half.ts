const float = new Float32Array(1)
const bitsOf = new Uint32Array(float.buffer)

/** float16 of the IEEE, to the nearest and ties to even. */
function halfOf(x: number): number {
  float[0] = x
  const bits = bitsOf[0] as number
  const sign = (bits >>> 16) & 0x8000
  const exponent = (bits >>> 23) & 0xff
  const fraction = bits & 0x7fffff
  if (exponent === 0xff) return sign | (fraction ? 0x7e00 : 0x7c00)
  if (exponent > 142) return sign | 0x7c00
  const whole = fraction | 0x800000
  // Below 2^−14 numbers lose bits, and from 2^−25 on all of them.
  const lost = exponent < 113 ? Math.min(13 + 113 - exponent, 25) : 13
  const base = exponent < 113 ? 0 : (exponent - 112) << 10
  const kept = (exponent < 113 ? whole : fraction) >>> lost
  const rest = (exponent < 113 ? whole : fraction) & ((1 << lost) - 1)
  const middle = 1 << (lost - 1)
  const up = rest > middle || (rest === middle && (kept & 1) === 1) ? 1 : 0
  return sign | (base + kept + up)
}

function ofHalf(half: number): number {
  const [exponent, fraction] = [(half >>> 10) & 0x1f, half & 0x3ff]
  const size =
    exponent === 0x1f
      ? fraction
        ? Number.NaN
        : Number.POSITIVE_INFINITY
      : exponent === 0
        ? fraction * 2 ** -24
        : (1 + fraction / 1024) * 2 ** (exponent - 15)
  return half & 0x8000 ? -size : size
}

/** Of sixteen bits the largest finite number, of which the lower powers of two all can be told. */
const largest = 2 ** 15

/** Numbers with eleven bits each, divided by a power of two that brings the largest of them below 2^15. */
export function halves(values: Float32Array): { readonly bits: Uint16Array; readonly scale: number } {
  let most = 0
  for (const x of values) if (Number.isFinite(x)) most = Math.max(most, Math.abs(x))
  const scale = most === 0 ? 1 : 2 ** (Math.ceil(Math.log2(most)) - Math.log2(largest))
  return { bits: Uint16Array.from(values, (x) => halfOf(x / scale)), scale }
}

/** The numbers again. */
export const wholes = (bits: Uint16Array, scale: number): Float32Array =>
  Float32Array.from(bits, (half) => ofHalf(half) * scale)
