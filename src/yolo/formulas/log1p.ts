import type { Real } from '../../io/index.js'
import type { Value } from '../../onnx/index.js'
import { add, div, log, mul, softplus, sub } from '../../onnx/math.js'

/** Computes ln(1 + e) for e = e^x, x ≤ 0. */
export type Log1p = <D extends Real>(e: Value<D>, x: Value<D>) => Value<D>

/**
 * From the logarithm: ln u + (e − (u − 1)) with u = 1 + e as rounded. The last term is exactly what u lost by rounding, and
 * all of the answer where u is 1, unless a compiler cancels it: 2.5e-7 relative in float32, where `Log(1 + e)` alone returns 0 below e = 6e-8. It needs a
 * Log that errs little near 1.
 */
const byLog: Log1p = (e) =>
  e.graph.scope('log1p', () => {
    const u = add(e, 1)
    return add(log(u), sub(e, sub(u, 1)))
  })

/** s / (2·artanh s) of w = s² in [0, 1/9] is a − b·w − c / (d − w), to 9e-9 relative: the best that this form can be. */
const fitted = { a: 0.6527324628456859, b: 0.08432420151398483, c: 0.2832909012950619, d: 1.854817921139221 }

/**
 * From quotients alone, 3.1e-7 relative in float32, because OpenVINO's Log errs by 2e-6 near 1, and the sum over a
 * background of confident cells by more than itself:
 *
 *   ln(1 + e) = 2·artanh s = s / (a − b·w − c / (d − w))        s = e / (2 + e), w = s²
 *
 * Float64, of which the fit is no good, has the logarithm.
 */
const byQuotients: Log1p = (e, x) => {
  if (e.dtype === 'float64') return byLog(e, x)
  return e.graph.scope('log1p', () => {
    const { a, b, c, d } = fitted
    const s = div(e, add(e, 2))
    const w = mul(s, s)
    return div(s, sub(sub(a, mul(w, b)), div(c, sub(d, w))))
  })
}

/**
 * By a Softplus, whose derivative is σ(x) wherever it is derived. The runtime must keep the tail, as JAX and PyTorch do and
 * onnxruntime's WebGPU does not; its CPU has none in float64.
 */
const bySoftplus: Log1p = (e, x) => (e.dtype === 'float64' ? byLog(e, x) : e.graph.scope('log1p', () => softplus(x)))

export const log1ps = { quotients: byQuotients, logarithm: byLog, softplus: bySoftplus } as const
export type Log1pName = keyof typeof log1ps
