import type { Batch } from './batches.js'
import type { Comparison } from './compare.js'
import { expectations, type Given, given } from './held.js'
import type { Program } from './programs/program.js'
import type { Results, Returned } from './results.js'

export interface Verdict {
  readonly passed: boolean
  readonly line: string
}

const agrees = ({ worst }: Comparison): boolean => worst <= 1

const comparisons = (program: Program, own: Given, returned: Returned, profile = program.profile): Comparison[] =>
  expectations(program, own, profile).flatMap((expected) => returned.against(expected, program) ?? [])

/** Why elements were left out, and how many. */
function apartIn(all: readonly Comparison[]): string[] {
  const counts = new Map<string, number>()
  for (const { apart } of all) for (const [why, n] of apart) counts.set(why, (counts.get(why) ?? 0) + n)
  return [...counts].map(([why, n]) => `left out ${n}: ${why}`)
}

/** Whatever a program returned must be compared, and agree. */
function verdictOf(batch: string, { names }: Returned, all: readonly Comparison[]): Verdict {
  const known = new Set(all.map(({ name }) => name))
  const faults = [
    ...all.filter((one) => !agrees(one)).map(({ name, says }) => `${name}: ${says}`),
    ...names.filter((name) => !known.has(name)).map((name) => `${name}: the reference says nothing of it`),
  ]
  const passed = faults.length === 0 && all.length > 0
  const numbers = all.reduce((sum, { elements }) => sum + elements, 0)
  const worst = all.reduce((most, own) => Math.max(most, own.worst), 0)
  const size = `${all.length} arrays of ${numbers} numbers, worst ${worst.toFixed(2)} of what is allowed`
  const line = `${passed ? 'pass' : 'FAIL'}  ${batch}: ${size}`
  return { passed, line: [line, ...[...apartIn(all), ...faults].map((more) => `      ${more}`)].join('\n') }
}

const controlled = 'keras-yolo3'

/** A check that passes whatever it is held to says nothing. */
const control = (differ: boolean): Verdict => ({
  passed: differ,
  line: differ ? `pass  the rules of ${controlled} are told apart` : `FAIL  the rules of ${controlled} agree as well`,
})

/** The fewest batches that a program must take. */
const fewest = 6

/** A verdict for each batch, and one that says that the rules of keras-yolo3 would not have passed. */
export async function judge(
  program: Program,
  results: Results,
  all: readonly Batch[],
  tell: (line: string) => void,
): Promise<Verdict[]> {
  tell(`${program.profile}: ${results.program} ${results.version}`)
  const verdicts: Verdict[] = []
  const give = (verdict: Verdict) => {
    verdicts.push(verdict)
    tell(verdict.line)
  }
  let differ = false
  for (const batch of all) {
    const why = results.refused[batch.name]
    if (why !== undefined) {
      tell(`none  ${batch.name}: ${why}`)
      continue
    }
    const returned = await results.of(batch)
    const own = given(batch)
    give(verdictOf(batch.name, returned, comparisons(program, own, returned)))
    differ ||= !comparisons(program, own, returned, controlled).every(agrees)
  }
  if (verdicts.length < fewest) give({ passed: false, line: `FAIL  ${verdicts.length} batches, not ${fewest}` })
  give(control(differ))
  return verdicts
}
