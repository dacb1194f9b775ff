const buffer = new DataView(new ArrayBuffer(8))

/** Floats as integers in the same order, so that neighbours differ by 1 and −0 equals +0. */
function order32(x: number): number {
  buffer.setFloat32(0, x)
  const bits = buffer.getInt32(0)
  return bits < 0 ? -(bits & 0x7fffffff) : bits
}

function order64(x: number): bigint {
  buffer.setFloat64(0, x)
  const bits = buffer.getBigInt64(0)
  return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits
}

/** Place of a float16 among all: its exponent and fraction, from the value. */
function order16(x: number): number {
  const size = Math.abs(x)
  const exponent = Math.max(Math.floor(Math.log2(size)), -14)
  const place = size === 0 ? 0 : (exponent + 14) * 1024 + size / 2 ** (exponent - 10)
  return x < 0 ? -place : place
}

/**
 * How many floats of the element type lie between two finite values, one of them counted; undefined for other types and
 * for values that are not finite. Source: B. Dawson, "Comparing floating point numbers" (order of IEEE 754 bits).
 */
export function ulps(dtype: string, a: number, b: number): number | undefined {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return undefined
  if (dtype === 'float32') return Math.abs(order32(a) - order32(b))
  if (dtype === 'float64') return Math.abs(Number(order64(a) - order64(b)))
  return dtype === 'float16' ? Math.abs(order16(a) - order16(b)) : undefined
}
