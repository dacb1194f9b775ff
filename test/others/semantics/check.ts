import { join } from 'node:path'
import { readArrays, readJson } from '../../../src/io/index.js'
import { type Batch, batches } from './batches.js'
import type { Comparison } from './compare.js'
import { type Arrays, compared } from './held.js'
import type { Program } from './programs/program.js'
import { programs } from './programs/programs.js'

/**
 * Holds the float64 reference of each profile to what its program returned: a line for each batch, and one that says that the
 * rules of keras-yolo3 would not have passed.
 *
 *     tsx check.ts RESULTS PROFILE…          RESULTS/<profile>/<batch>.npz, as the runners write them
 */
const [results = '', ...named] = process.argv.slice(2)

interface Run {
  readonly program: string
  readonly version: string
  /** Why a batch was not computed. */
  readonly refused: Readonly<Record<string, string>>
}

interface Verdict {
  readonly passed: boolean
  readonly line: string
}

const agrees = ({ worst }: Comparison): boolean => worst <= 1

const worstOf = (all: readonly Comparison[]): number => all.reduce((most, { worst }) => Math.max(most, worst), 0)

const counted = (all: readonly Comparison[], of: (one: Comparison) => number): number =>
  all.reduce((sum, one) => sum + of(one), 0)

/** Why elements were left out, and how many. */
function apartIn(all: readonly Comparison[]): string[] {
  const counts = new Map<string, number>()
  for (const { apart } of all) for (const [why, n] of apart) counts.set(why, (counts.get(why) ?? 0) + n)
  return [...counts].map(([why, n]) => `left out ${n}: ${why}`)
}

/** Whatever a program returned must be compared, and agree. */
function verdictOf(batch: string, arrays: Arrays, all: readonly Comparison[]): Verdict {
  const names = new Set(all.map(({ name }) => name))
  const faults = [
    ...all.filter((one) => !agrees(one)).map(({ name, says }) => `${name}: ${says}`),
    ...[...arrays.keys()].filter((name) => !names.has(name)).map((name) => `${name}: the reference says nothing of it`),
  ]
  const passed = faults.length === 0 && all.length > 0
  const size = `${all.length} arrays, ${counted(all, ({ elements }) => elements)} numbers`
  const line = `${passed ? 'pass' : 'FAIL'}  ${batch}: ${size}, worst ${worstOf(all).toFixed(2)} of what is allowed`
  return { passed, line: [line, ...[...apartIn(all), ...faults].map((more) => `      ${more}`)].join('\n') }
}

const controlled = 'keras-yolo3'

/** A check that passes whatever it is held to says nothing. */
function control(differ: boolean): Verdict {
  return differ
    ? { passed: true, line: `pass  the rules of ${controlled} are told apart` }
    : { passed: false, line: `FAIL  the rules of ${controlled} agree as well` }
}

/** The fewest batches that a program must take. */
const fewest = 6

async function check(program: Program, all: readonly Batch[]): Promise<Verdict[]> {
  const folder = join(results, program.profile)
  const { refused, ...run } = (await readJson(join(folder, 'program.json'))) as Run
  console.log(`${program.profile}: ${run.program} ${run.version}`)
  const verdicts: Verdict[] = []
  let differ = false
  const tell = (verdict: Verdict) => {
    verdicts.push(verdict)
    console.log(verdict.line)
  }
  for (const batch of all) {
    const why = refused[batch.name]
    if (why !== undefined) {
      console.log(`none  ${batch.name}: ${why}`)
      continue
    }
    const arrays = await readArrays(join(folder, `${batch.name}.npz`))
    tell(verdictOf(batch.name, arrays, compared(program, batch, arrays)))
    differ ||= !compared(program, batch, arrays, controlled).every(agrees)
  }
  if (verdicts.length < fewest) tell({ passed: false, line: `FAIL  ${verdicts.length} batches, not ${fewest}` })
  tell(control(differ))
  return verdicts
}

async function main(): Promise<void> {
  const all = await batches('fixtures')
  const verdicts: Verdict[] = []
  for (const program of programs.filter(({ profile }) => named.includes(profile)))
    verdicts.push(...(await check(program, all)))
  const good = verdicts.filter(({ passed }) => passed).length
  console.log(`${good} passed, ${verdicts.length - good} failed`)
  process.exitCode = good === verdicts.length && good > 0 ? 0 : 1
}

main()
