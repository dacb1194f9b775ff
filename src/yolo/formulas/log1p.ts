import type { Real } from '../../io/index.js'
import type { Value } from '../../onnx/index.js'
import { add, log, sub } from '../../onnx/math.js'

/**
 * ln(1 + e) for e in [0, 1], from operators every runtime has: ln u + (e − (u − 1)) with u = 1 + e as rounded. The last
 * term is exactly what u lost by rounding, and all of the answer where u is 1: 2.6e-7 relative, where `Log(1 + e)` alone
 * returns 0 below e = 6e-8. A runtime's Softplus would be one node, but loses the tail on WebGPU.
 */
export const log1p = <D extends Real>(e: Value<D>): Value<D> =>
  e.graph.scope('log1p', () => {
    const u = add(e, 1)
    return add(log(u), sub(e, sub(u, 1)))
  })
