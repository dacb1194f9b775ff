import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Random } from '../../../src/io/random.js'
import { type FormName, formNames } from '../../../src/yolo/config/forms.js'
import { byCommand } from './command.js'
import { verdicts } from './judge.js'
import { mutantsOf } from './mutants.js'
import { equalIn, type Found, head, rowOf, type Score, scoreOf, shareOf } from './score.js'
import { State } from './state.js'
import { type Subject, subjects } from './subjects.js'

/** Of each form, in a sample. */
const sampled = 300

/** Least share of the faults of a form that must be caught. */
const least = 0.99
/** Largest share of the mutants that may be no faults. */
const most = 0.1

/** How many mutants the command itself is asked about. */
const commanded = 50

const folder = process.env.MUTANTS_STATE ?? join(tmpdir(), 'yolo-loss-mutants')
const isFull = process.argv.includes('--full')
const asked = formNames.filter((form) => process.argv.includes(form))
const chosen = asked.length > 0 ? asked : formNames

/** So many places out of a range, the same in every run. */
function sample(size: number, count: number, seed: number): number[] {
  const random = new Random(seed)
  const left = Array.from({ length: size }, (_, i) => i)
  const taken = Array.from({ length: Math.min(count, size) }, () => left.splice(random.integer(0, left.length - 1), 1))
  return taken.flat().toSorted((a, b) => a - b)
}

async function found(subject: Subject, seed: number, each: number): Promise<Found[]> {
  const all = mutantsOf(subject.model)
  const places = isFull ? [...all.keys()] : sample(all.length, each, seed)
  const state = new State(join(folder, `${subject.form}-${subject.name}.jsonl`))
  const judged = await verdicts(subject, places, state)
  return places.map((place) => ({ subject, mutant: all[place] as (typeof all)[number], verdict: judged.get(place) }))
}

/** What is wrong with a score. */
const faultsIn = (name: FormName, score: Score): string[] => [
  ...(shareOf(score) < least ? [`${name}: fewer than ${100 * least} % caught`] : []),
  ...(score.gradients.caught + score.gradients.equal < score.gradients.mutants
    ? [`${name}: a gradient is missed`]
    : []),
  ...(equalIn(score) > most * score.mutants ? [`${name}: more than ${100 * most} % are called equal`] : []),
  ...score.contradictions.map((text) => `caught, though called equal: ${text}`),
]

const all: Found[] = []
const faults: string[] = []
for (const line of head) console.log(line)
for (const form of chosen) {
  const own = subjects([form])
  const ofForm: Found[] = []
  for (const [i, subject] of own.entries()) {
    const some = await found(subject, i + 1, Math.ceil(sampled / own.length))
    console.log(rowOf(`${form}, ${subject.name}`, scoreOf(some)))
    ofForm.push(...some)
  }
  const score = scoreOf(ofForm)
  console.log(rowOf(`**${form}**`, score))
  faults.push(...faultsIn(form, score))
  all.push(...ofForm)
}
const score = scoreOf(all)
for (const [rule, count] of [...score.equal].sort(([, a], [, b]) => b - a)) console.log(`equal: ${count} × ${rule}`)
for (const survivor of score.survivors) console.log(`survives: ${survivor}`)
faults.push(...(await byCommand(sample(all.length, commanded, 7).map((place) => all[place] as Found))))
for (const fault of faults) console.log(fault)
console.log(`${all.length - faults.length} passed, ${faults.length} failed`)
process.exitCode = faults.length === 0 ? 0 : 1
