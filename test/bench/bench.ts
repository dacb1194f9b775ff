import { type BenchCase, makeData } from './cases.js'
import { type Effort, measure } from './measure.js'
import type { Peers } from './peers.js'
import type { CaseReport } from './report.js'
import { store } from './store.js'
import { isPresent, type Maybe, variantsOf } from './variants.js'

export const thorough: Effort = { rounds: 21, turn: 40, patience: 30 }
export const brief: Effort = { rounds: 5, turn: 10, patience: 0 }

/** Times every variant on one case, or those that `wanted` keeps. */
export async function benchCase(
  bench: BenchCase,
  peers: Peers,
  effort: Effort,
  wanted: (variant: Maybe) => boolean = () => true,
): Promise<CaseReport> {
  const data = makeData(bench)
  const files = store(data)
  try {
    const variants = variantsOf(data, files, peers).filter(wanted)
    return { case: bench, inputs: files.bytes, loss: data.loss, ...(await measure(variants, data.loss, effort)) }
  } finally {
    files.remove()
  }
}

/** Those whose growth with the sizes of a case is worth seeing. */
const growing = ['compact', 'loop', 'static', 'fused C', 'PyTorch eager, vectorised']

export interface Growth {
  /** What varies: batch, boxes, classes or size. */
  readonly along: string
  readonly reports: readonly CaseReport[]
}

/** How the times grow along a series of cases. */
export async function benchGrowth(along: string, series: readonly BenchCase[], peers: Peers): Promise<Growth> {
  const reports: CaseReport[] = []
  const wanted = (variant: Maybe) => isPresent(variant) && growing.includes(variant.name)
  for (const bench of series) reports.push(await benchCase(bench, peers, { rounds: 9, turn: 20, patience: 6 }, wanted))
  return { along, reports }
}

/** The median of each variant along the series, ms. */
export function growthRows({ along, reports }: Growth): string[][] {
  const names = [...new Set(reports.flatMap(({ timings }) => timings.map(({ name }) => name)))]
  const median = (report: CaseReport, name: string) =>
    report.timings.find((t) => t.name === name)?.ms.median.toFixed(2) ?? ''
  return [[along, ...reports.map((r) => r.case.name)], ...names.map((n) => [n, ...reports.map((r) => median(r, n))])]
}
