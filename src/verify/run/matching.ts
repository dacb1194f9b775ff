import { basename } from 'node:path'
import { InputError, listed } from '../../io/index.js'
import { semantics } from '../../yolo/index.js'
import { type Difference, differenceOf } from '../cases/match.js'
import { readCase, type TestCase } from '../cases/testcase.js'
import { groupBy } from '../compare/group.js'
import type { Job, Prepared } from './job.js'
import { casesIn } from './rules.js'
import type { Subject } from './subject.js'

/** One graph on the cases made for its configuration. @throws InputError when there is none */
export async function onFixtures(
  { file, info: { metadata, inputs } }: Subject,
  options: Prepared['options'],
  fixtures: string,
): Promise<Job[]> {
  const jobs: Job[] = []
  const refused: Difference[] = []
  const own = inputs.map(({ name }) => name)
  const wanted = new Set<string>()
  for (const path of await casesIn(fixtures)) {
    const source = await readCase(path)
    const foreign = namesOf(source)
    if (foreign.length > 0 && !foreign.some((name) => own.includes(name))) {
      for (const name of foreign) wanted.add(name)
      continue
    }
    const match = { metadata, model: file, config: source.info.config, fixture: source.name, semantics }
    const different = differenceOf(match)
    if (different) refused.push(different)
    if (different) continue
    jobs.push({ name: source.name, prepare: async () => ({ source, options: { ...options, semantics } }) })
  }
  if (jobs.length === 0 && refused.length === 0) throw otherInputs(file, own, [...wanted])
  if (jobs.length === 0) throw noneFits(file, fixtures, refused)
  return jobs
}

/** What a case calls its inputs; tensors without a name go by their place, and suit any graph. */
function namesOf({ dataSets }: TestCase): string[] {
  const names = dataSets.flatMap(({ inputs }) => inputs.map(({ name }) => name))
  return names.includes('') ? [] : names
}

/** A graph that no case has an input for, as one of something else than a loss. */
function otherInputs(file: string, own: readonly string[], wanted: readonly string[]): InputError {
  const what = `it has no input ${listed(wanted)}; its inputs are ${listed(own)}`
  const remedy = 'it is no loss by these names: say which is which with --inputs THEIRS=y_pred_0,…'
  return new InputError('E_FEED_MISSING', { where: file, what, remedy })
}

/** Longer values, of anchors for instance, help nobody in a message. */
const longestShown = 40

/** What the configurations of all cases have against a graph, not only that of one of them. */
function noneFits(file: string, fixtures: string, refused: readonly Difference[]): InputError {
  const byKey = groupBy(refused, ({ key }) => key)
  const lines = [...byKey].map(([key, differences]) => {
    const values = [...groupBy(differences, ({ there }) => there)]
    const here = differences[0]?.here ?? ''
    if ([here, ...values.map(([there]) => there)].some((value) => value.length > longestShown))
      return `"${key}" is another in ${differences.length}`
    return `"${key}" is ${here}, but ${values.map(([there, { length }]) => `${there} in ${length}`).join(' and ')}`
  })
  const what = `none of the ${refused.length} cases in ${basename(fixtures)} was made for its configuration`
  const remedy = 'export a graph for one of them, or name other cases with --fixtures DIR'
  return new InputError('E_CONFIG_MISMATCH', { where: file, what: [what, ...lines].join('\n  '), remedy })
}
