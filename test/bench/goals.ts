import { type CaseReport, show } from './report.js'

/** A ratio of times that is aimed at, of one variant to another in one case. */
interface Goal {
  readonly case: string
  readonly of: string
  readonly to: string
  readonly most: number
}

const goals: readonly Goal[] = [
  { case: '8/20', of: 'compact', to: 'loop', most: 1 / 15 },
  { case: '8/20', of: 'compact', to: 'fused C', most: 1.5 },
  { case: '8/20', of: 'compact', to: 'PyTorch eager, vectorised', most: 1 / 2.3 },
  { case: '8/20', of: 'loop', to: 'PyTorch eager, literal', most: 1 },
  { case: '1/5', of: 'compact', to: 'loop', most: 1 / 6 },
  { case: '1/5', of: 'compact', to: 'fused C', most: 2 },
  { case: '8/20', of: 'compact + gradients', to: 'compact + zeros', most: 1.6 },
  { case: '8/20', of: 'compact + gradients', to: 'PyTorch eager, vectorised + backward', most: 1 / 1.5 },
  { case: '8/20', of: 'static', to: 'compact', most: 2.5 },
  { case: '8/20', of: 'compact from boxes', to: 'compact', most: 0.85 },
  { case: '8/20', of: 'compact from boxes', to: 'fused C, near cells only, from boxes', most: 4 },
  { case: '8/20', of: 'compact from boxes + gradients', to: 'compact + gradients', most: 1 },
  { case: '1/5', of: 'compact from boxes', to: 'compact', most: 1.2 },
]

/** Memory beyond the inputs of graphs from dense labels, as a part of those. */
const memoryGoals = [
  { of: 'compact', most: 0.5 },
  { of: 'compact from boxes', most: 0.1 },
]

const bound = (x: number): string => (x < 1 ? `1/${Number((1 / x).toFixed(1))}` : `${x}`)

/** Which of the ratios aimed at were reached, one line each; those not measured are left out. */
export function goalLines(reports: readonly CaseReport[]): string[] {
  const ratios = goals.flatMap(({ case: name, of, to, most }) => {
    const timings = reports.find((r) => r.case.name === name)?.timings
    const ratio = timings?.find((t) => t.name === of)?.ratios[to]
    if (!ratio) return []
    const inverse = { median: 1 / ratio.median, low: 1 / ratio.high, high: 1 / ratio.low }
    const text = most < 1 ? `1/${show(inverse)}` : show(ratio)
    return [`${ratio.median <= most ? 'reached' : 'MISSED '}  ${name}: ${of} / ${to} = ${text}, at most ${bound(most)}`]
  })
  const memory = reports.flatMap(({ case: { name }, timings, inputs }) =>
    memoryGoals.flatMap(({ of, most }) => {
      const own = timings.find((t) => t.name === of)
      if (!own || inputs < 10e6) return []
      const part = own.memory / inputs
      const verdict = part <= most ? 'reached' : 'MISSED '
      return [`${verdict}  ${name}: memory of ${of} / inputs = ${part.toFixed(2)}, at most ${most}`]
    }),
  )
  return [...ratios, ...memory]
}
