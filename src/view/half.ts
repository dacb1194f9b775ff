import { halfBits, halfValue } from '../io/index.js'

/** The largest power of two in sixteen bits. */
const largest = 2 ** 15

/** Numbers with eleven bits each, divided by a power of two that brings the largest of them below 2^15. */
export function halves(values: Float32Array): { readonly bits: Uint16Array; readonly scale: number } {
  let most = 0
  for (const x of values) if (Number.isFinite(x)) most = Math.max(most, Math.abs(x))
  const scale = most === 0 ? 1 : 2 ** (Math.ceil(Math.log2(most)) - Math.log2(largest))
  return { bits: Uint16Array.from(values, (x) => halfBits(x / scale)), scale }
}

/** The numbers again. */
export const wholes = (bits: Uint16Array, scale: number): Float32Array =>
  Float32Array.from(bits, (half) => halfValue(half) * scale)
