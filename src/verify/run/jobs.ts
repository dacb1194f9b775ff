import { Fault, isFolder, listed, quoted } from '../../io/index.js'
import { inputNames, type LossConfig, lossModel } from '../../yolo/index.js'
import { readData } from '../cases/data.js'
import type { SetMaker } from '../cases/generate/case.js'
import { inputCase } from '../cases/generate/case.js'
import { generatedCases } from '../cases/generate/generate.js'
import { randomCases } from '../cases/generate/random.js'
import { modelConfig } from '../cases/match.js'
import { oneByOne } from '../judge/turns.js'
import { againstOf } from './against.js'
import { built, stored } from './fixturejobs.js'
import type { Job, JobFlags, Prepared } from './job.js'
import { onFixtures } from './matching.js'
import { isAsked } from './only.js'
import { ruleFor } from './rules.js'
import { expectLoss, type Subject, subjectOf } from './subject.js'

/** One graph: on the user's data, on cases made for its configuration, or on generated ones. */
async function graph(file: string, flags: JobFlags): Promise<Job[]> {
  const subject = await subjectOf(file, flags)
  const { bytes, info, names, config } = subject
  const options: Prepared['options'] = {
    model: { bytes, file },
    absent: 'skip',
    placement: ruleFor(config ?? modelConfig(info.metadata), flags),
    against: await againstOf(flags.against ?? [], names),
    ...(config ? { config, promised: () => promisedBy(subject, config) } : {}),
    ...(names ? { names } : {}),
    ...(flags.reference === undefined ? {} : { reference: flags.reference }),
  }
  const { only } = flags
  const made = (makers: readonly SetMaker[]) => {
    const own = only ? makers.filter(({ name }) => isAsked(name, only)) : makers
    const chunks = flags.failFast ? own.map((maker) => [maker]) : chunksOf(own)
    return chunks.map((chunk) => jobOf(chunk, options, config))
  }
  return [
    ...(flags.fixtures === undefined ? [] : await onFixtures(subject, options, flags.fixtures)),
    ...(flags.data === undefined ? [] : [await onData(subject, options, flags.data, flags)]),
    ...(flags.random === undefined ? [] : made(randomCases(info, expectLoss(subject), flags.random, flags.seed))),
    ...(isGenerated(flags) ? made(generatedCases(info, expectLoss(subject), flags)) : []),
  ]
}

/** What a graph of a configuration gives, as far as its inputs are those of a loss or head alone. */
function promisedBy({ info }: Subject, config: LossConfig): string[] {
  const isAlone = info.inputs.some(({ name }) => name === inputNames(config)[0])
  return isAlone ? lossModel(config).body.outputs.map(({ name }) => name) : []
}

/** Most numbers that wait in memory to be run in one session. */
const mostNumbers = 1 << 24

/** Data sets that share a session: so many as memory takes; the first alone, so that it runs while the others are made. */
function chunksOf([first, ...rest]: readonly SetMaker[]): SetMaker[][] {
  const chunks: SetMaker[][] = first ? [[first]] : []
  let room = 0
  for (const maker of rest) {
    if (maker.numbers > room) chunks.push([])
    room = (maker.numbers > room ? mostNumbers : room) - maker.numbers
    chunks.at(-1)?.push(maker)
  }
  return chunks
}

function jobOf(makers: readonly SetMaker[], options: Prepared['options'], config: LossConfig | undefined): Job {
  const source = async () => inputCase(await oneByOne(makers, ({ make }) => make()), config)
  const cases = makers.map(({ name }) => name)
  return { name: cases[0] ?? '', cases, prepare: async () => ({ source: await source(), options }) }
}

const isGenerated = ({ fixtures, data, random }: JobFlags): boolean =>
  fixtures === undefined && data === undefined && random === undefined

/** The user's data as a case; what they expect is compared with beside the reference. */
async function onData(
  { info, config }: Subject,
  options: Prepared['options'],
  paths: readonly string[],
  flags: JobFlags,
): Promise<Job> {
  const { set, maxUnpacked } = flags
  const read = await readData(paths, info, {
    ...(set !== undefined && { set }),
    ...(maxUnpacked !== undefined && { maxUnpacked }),
    made: flags.labelsFor?.(config, info),
  })
  flags.heard?.(read, config)
  const inputs = [...read.inputs].map(([name, tensor]) => ({ name, tensor }))
  const source = inputCase([{ name: read.name, inputs, outputs: [] }], config)
  const own = read.outputs.size > 0 ? [{ label: paths.join(' '), outputs: async () => read.outputs }] : []
  return {
    name: source.name,
    prepare: async () => ({ source, options: { ...options, against: [...own, ...(options.against ?? [])] } }),
  }
}

const namesOf = ({ name, cases }: Job): readonly string[] => cases ?? [name]

/** The jobs that are asked for by name; of those with several cases the others are left out already. */
function asked(jobs: readonly Job[], only: readonly string[]): Job[] {
  return jobs.filter((job) => namesOf(job).some((name) => isAsked(name, only)))
}

/**
 * What the targets of the command line ask for; without one, the graph of every fixture.
 * @throws Fault of usage for patterns that no case has in its name
 */
export async function jobsOf(targets: readonly string[], flags: JobFlags): Promise<Job[]> {
  const { only, ...others } = flags
  if (only === undefined) return allJobs(targets, flags)
  const jobs = asked(await allJobs(targets, flags), only)
  if (jobs.length > 0) return jobs
  const has = (await allJobs(targets, others)).flatMap(namesOf)
  const where = only.map((pattern) => `-k ${quoted(pattern)}`).join(' ')
  throw new Fault('usage', 'E_USAGE', {
    where,
    what: 'no case has this in its name',
    remedy: `there are ${listed(has)}`,
  })
}

async function allJobs(targets: readonly string[], flags: JobFlags): Promise<Job[]> {
  if (targets.length === 0) return built(flags)
  const jobs: Job[] = []
  for (const target of targets) {
    const own = await (isFolder(target) ? stored : graph)(target, flags)
    jobs.push(...(targets.length > 1 && !isFolder(target) ? own.map((job) => ({ ...job, of: target })) : own))
  }
  return jobs
}
