import type { Value } from '../graph/value.js'
import { div, mul, sub } from './elementwise.js'

/**
 * Digits of whole numbers x ≥ 0 in a mixed radix, the most significant first, which has no bound: with `radices` `[3, 4]`
 * x = 29 gives 2, 1 and 1. Shapes broadcast.
 */
export function digits(x: Value<'int64'>, radices: readonly (Value<'int64'> | number)[]): Value<'int64'>[] {
  const low: Value<'int64'>[] = []
  const first = radices.reduceRight<Value<'int64'>>((rest, radix) => {
    const next = div(rest, radix)
    low.unshift(sub(rest, mul(next, radix)))
    return next
  }, x)
  return [first, ...low]
}
