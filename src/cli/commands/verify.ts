import type { Command } from 'commander'
import { exitCodes, Fault, isFolder, worstExit, writeAtomic, writeBeside } from '../../io/index.js'
import { notesOnUnsaid } from '../../notes/index.js'
import type {
  CaseLayers,
  CaseReport,
  DrawnCase,
  FoundCause,
  GraphFlags,
  Job,
  JobFlags,
  Ran,
  RunSettings,
} from '../../verify/index.js'
import {
  causeOf,
  isFault,
  jobOf,
  jobsOf,
  keepCases,
  layerwise,
  renderReport,
  runJobs,
  settingHere,
  toHtml,
  toJson,
  toJunit,
} from '../../verify/index.js'
import { checkAsked } from '../asked.js'
import { labelsFrom } from '../data/annotated.js'
import { casePages } from '../data/casepages.js'
import { dataNotes } from '../data/datanotes.js'
import { endableLater } from '../endable.js'
import { configFrom } from '../groups/config.js'
import { readingOf } from '../groups/data.js'
import { addFlags } from '../groups/flag.js'
import { namedFile, type Paths, refuseOverwriting } from '../groups/overwriting.js'
import { aboutVerify, type VerifyFlags, verifying } from '../groups/verifying.js'
import type { Shell } from '../shell.js'

/** Adds `yolo-loss verify`. */
export function addVerify(program: Command, shell: Shell): void {
  const command = program
    .command('verify [targets...]')
    .description('Run graphs and compare every output with the float64 reference.')
    .addHelpText('after', aboutVerify)
  addFlags(command, verifying).action(async (targets: string[], given: VerifyFlags) =>
    shell.finish(await run(targets, given, shell)),
  )
}

/** What the flags say of the graph; keys of its configuration that are only defaults are not said. */
function saidOf({ preset, config: file, inputs, outputs }: VerifyFlags, shell: Shell): GraphFlags {
  const names = { inputs: inputs ?? new Map(), outputs: outputs ?? new Map() }
  if (preset === undefined && file === undefined) return { names }
  const { config, origins, notes } = configFrom({ ...(preset && { preset }), ...(file && { config: file }) })
  shell.tell(notes)
  const said = Object.keys(origins).filter((key) => origins[key] !== 'default')
  const unsaid: GraphFlags['unsaid'] = (file, key, graph, byDefault) =>
    shell.tell(notesOnUnsaid({ file, key, graph, byDefault }))
  return { names, config: { config, said }, unsaid }
}

async function run(targets: readonly string[], given: VerifyFlags, shell: Shell): Promise<number> {
  checkUse(targets, given)
  const { html, junit, data, annotations, against, config, names } = given
  const sources = {
    'a graph': targets,
    data,
    annotations,
    against,
    'the configuration': config,
    'the file of names': names,
  }
  for (const [what, path] of Object.entries({ html, junit })) if (path !== undefined) namedFile(what, path)
  refuseOverwriting({ html, junit }, sources)
  const { config: _, names: __, ...flags } = given
  const about = { ...flags, ...readingOf(given), ...saidOf(given, shell), ...labelling(given, shell) }
  const heard: JobFlags['heard'] = (data, config) => shell.tell(dataNotes(data, config))
  const jobs = await endableLater(() => jobsOf(targets, { ...about, heard }))
  if (given.keep !== undefined) await keepCases(given.keep, jobs, given)
  const { reports, notRun } = await verified(jobs, given, shell)
  const layers = given.layerwise ? await layerwise(jobs, given, given) : []
  const found = await causeOf(jobs, reports, given)
  await writeFiles(jobs, reports, layers, found, given, sources)
  const cause = found?.cause
  const sections = layers.map((l) => `${l.text}\n\n`).join('')
  const text = given.json
    ? toJson(reports, layers, { cause, notRun, notes: shell.notes })
    : `${sections}${renderReport(reports, process.stdout, { all: given.all ?? false, cause, notRun, quiet: shell.quiet })}`
  process.stdout.write(`${text}\n`)
  const parted = layers.some(({ report }) => isFault(report)) ? [exitCodes.mismatch] : []
  return reports.length === 0 ? exitCodes.mismatch : worstExit([...reports.map((r) => r.exitCode), ...parted])
}

/** Annotations in place of labels, or of all data where a graph takes boxes alone. */
const labelling = (given: VerifyFlags, shell: Shell): Pick<JobFlags, 'labelsFor' | 'data'> => {
  const tell: Shell['tell'] = (notes) => shell.tell(notes)
  const labelsFor: JobFlags['labelsFor'] = (config, info) => labelsFrom(given, config, info, { tell })
  return given.annotations ? { labelsFor, data: given.data ?? [] } : {}
}

const aboutGraphs = ['preset', 'config', 'inputs', 'outputs', 'data', 'annotations', 'random', 'against'] as const
const aboutBuilt = ['form', 'opset'] as const

const refused = (flag: string, what: string, remedy: string): Fault<string, 'usage'> =>
  new Fault('usage', 'E_USAGE', { where: `--${flag}`, what, remedy })

/** @throws Fault of usage for flags that would be ignored, said of another graph than there is or without their own */
function checkUse(targets: readonly string[], given: VerifyFlags): void {
  if (given.keep !== undefined && targets.length > 1)
    throw refused('keep', 'has room for the cases of one graph', 'name one graph at a time')
  if (given.keep !== undefined && targets.some(isFolder))
    throw refused(
      'keep',
      'writes cases that are made here, and these are kept already',
      'name a graph.onnx, or nothing',
    )
  if (given.npz && given.keep === undefined)
    throw refused('npz', 'is about the cases that --keep writes', 'add --keep DIR')
  const built = aboutBuilt.find((name) => given[name] !== undefined)
  if (built !== undefined && targets.length > 0)
    throw refused(built, 'is about graphs that are built, and a target is there already', 'export the graph with it')
  if (given.repro !== undefined && !given.layerwise)
    throw refused('repro', 'writes what --layerwise finds', 'add --layerwise')
  const flag = aboutGraphs.find((name) => given[name] !== undefined)
  if (flag !== undefined && (targets.length === 0 || targets.some(isFolder)))
    throw refused(flag, 'is about a graph, and there is none', 'name a graph.onnx')
}

/** The reports that go to files. */
async function writeFiles(
  jobs: readonly Job[],
  reports: readonly CaseReport[],
  layers: readonly CaseLayers[],
  found: FoundCause | undefined,
  given: VerifyFlags,
  sources: Paths,
): Promise<void> {
  const cause = found?.cause
  if (given.junit !== undefined) await writeAtomic(given.junit, toJunit(reports, cause))
  if (given.html === undefined) return
  const setting = settingHere(['yolo-loss', ...process.argv.slice(2)])
  const drawn = [
    ...(found?.drawn ? [{ case: found.cause.case, ...found.drawn }] : []),
    ...layers.map(drawnOf),
    ...(found?.drawn || layers.length > 0 ? [] : await drawnOne(jobs, reports, given)),
  ]
  const { files, stale, pictures } = await casePages(given.html, jobs, reports, given)
  refuseOverwriting({ html: [...files.keys()] }, sources)
  const html = given.html
  await writeBeside(html, async (output) => {
    for (const [path, page] of files) await output.write(path, page)
    for (const path of stale) output.remove(path)
    await output.write(html, toHtml(reports, { drawn, cause, pictures, setting }))
  })
}

const drawnOf = ({ case: name, text, report, right }: CaseLayers): DrawnCase => ({
  case: name,
  text,
  report,
  nodes: right.graph.nodes,
})

/** The graph on one case, unoptimised against optimised: the first that failed, or else the first. */
async function drawnOne(jobs: readonly Job[], reports: readonly CaseReport[], given: VerifyFlags) {
  const failed = reports.find((r) => r.exitCode !== 0)
  const job = (failed && jobOf(jobs, reports, failed)) ?? jobs[0]
  const layers = job ? await layerwise([job], given, given).catch(() => []) : []
  return layers.map(drawnOf)
}

async function verified(jobs: readonly Job[], given: VerifyFlags, shell: Shell): Promise<Ran> {
  const progress = shell.progress()
  try {
    const ran = await runJobs(jobs, settingsOf(given), progress)
    checkAsked(ran.reports, given)
    return ran
  } finally {
    progress.end()
  }
}

/** Whatever is about the graph or its cases belongs to the jobs. */
const settingsOf = ({ config: _, against: __, reference: ___, names: ____, ...given }: VerifyFlags): RunSettings => ({
  providers: given.ep,
  limits: given,
  allowTf32: given.allowTf32 ?? false,
  failFast: given.failFast ?? false,
  options: { ...given, asked: given, allowBothNan: given.allowNan ?? false },
})
