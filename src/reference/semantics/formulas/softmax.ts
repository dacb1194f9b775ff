/** What is lost on all classes of a cell, and the derivative by each logit. */
export interface ClassLoss {
  readonly value: number
  readonly slopes: readonly number[]
}

/** Logarithms of the soft-max, the greatest logit taken out first. */
function logSoftmax(t: readonly number[]): number[] {
  const most = Math.max(...t)
  const sum = t.reduce((total, x) => total + Math.exp(x - most), 0)
  return t.map((x) => x - most - Math.log(sum))
}

/** −Σ_c y_c·ln p_c; d/dt_k = p_k·Σy − y_k. */
export function softmax(y: readonly number[], t: readonly number[]): ClassLoss {
  const logs = logSoftmax(t)
  const total = y.reduce((sum, x) => sum + x, 0)
  return {
    value: logs.reduce((sum, log, c) => sum - (y[c] ?? 0) * log, 0),
    slopes: logs.map((log, k) => Math.exp(log) * total - (y[k] ?? 0)),
  }
}

/**
 * −Σ_c α·(1 − p_c)^γ·y_c·ln p_c. With f_c its derivative by p_c, times p_c:
 *
 *     g_c = α·y_c·(γ·(1 − p_c)^(γ−1)·p_c·ln p_c − (1 − p_c)^γ),   d/dt_k = g_k − p_k·Σ g
 */
export function softmaxFocal(
  y: readonly number[],
  t: readonly number[],
  { alpha, gamma }: { readonly alpha: number; readonly gamma: number },
): ClassLoss {
  const logs = logSoftmax(t)
  const p = logs.map(Math.exp)
  const g = logs.map((log, c) => {
    const [own, rest] = [p[c] ?? 0, 1 - (p[c] ?? 0)]
    const turn = gamma === 0 ? 0 : gamma * rest ** (gamma - 1) * own * log
    return alpha * (y[c] ?? 0) * (turn - rest ** gamma)
  })
  const sum = g.reduce((total, x) => total + x, 0)
  return {
    value: logs.reduce((total, log, c) => total - alpha * (1 - (p[c] ?? 0)) ** gamma * (y[c] ?? 0) * log, 0),
    slopes: g.map((own, k) => own - (p[k] ?? 0) * sum),
  }
}
