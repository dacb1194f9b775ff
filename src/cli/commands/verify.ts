import type { Command } from 'commander'
import { exitCodes, Fault, isFolder, worstExit, writeAtomic } from '../../io/index.js'
import { providerNames, providers } from '../../runtime/index.js'
import type {
  CaseLayers,
  CaseReport,
  DrawnCase,
  FoundCause,
  GraphFlags,
  Job,
  JobFlags,
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
import type { Finish } from '../finish.js'
import { annotated } from '../groups/annotations.js'
import { configFrom } from '../groups/config.js'
import { data, reading, readingOf } from '../groups/data.js'
import { addFlags, flag, flagsOf, type ValuesOf } from '../groups/flag.js'
import { parseDevice, parseNames, parseNumber, parsePath, parseScenes, parseSeed } from '../groups/parse.js'
import { json, limits, optimization, someProviders, tolerances } from '../groups/run.js'
import { progressOn } from '../progress.js'

const staticOn = providerNames.filter((name) => providers[name].form === 'static')

/** What the graph computes, and on what it is run. */
const cases = flagsOf(
  flag('--preset <name>', 'what the graph computes, where it does not say so itself'),
  flag('--config <file>', 'the same as a JSON file or Darknet .cfg'),
  flag('--inputs <list>', 'what the graph calls inputs of ours: theirs=y_pred_0,…', { parse: parseNames }),
  flag('--outputs <list>', 'what it calls outputs of ours: theirs=loss,…', { parse: parseNames }),
  flag('--fixtures <dir>', 'folder of cases (default: fixtures; a graph is run on generated cases)'),
  data('what the graph is run on, and outputs to compare with'),
  ...annotated,
  ...reading,
  flag('--random <n>', 'run the graph on so many random scenes', { parse: parseScenes }),
  flag('--seed <n>', 'of generated and random cases', { parse: parseSeed, default: 0 }),
  flag('--thorough', 'generate large batches also where they take long'),
  flag('--keep <dir>', 'write the cases that were made, with what is expected of them'),
  flag('--against <path>', 'another graph, or a folder of cases, to compare with; may be repeated', {
    parse: parsePath,
  }),
  flag('--no-reference', 'compare with nothing else'),
)

/** What is run, and where. */
const running = flagsOf(
  ...cases,
  someProviders('execution providers', ', or several as cpu,webgpu'),
  optimization,
  flag('--form <name>', `form of the graphs that are built (default: compact; static for ${staticOn.join(' and ')})`, {
    choices: ['compact', 'static', 'loop'],
  }),
  flag('--opset <n>', 'opset of the graphs that are built', { parse: parseNumber }),
  ...limits('for each case', 'for each child process'),
  flag('--device-id <n>', 'which GPU, for cuda', { parse: parseDevice }),
)

/** What passes. */
const judging = flagsOf(
  ...tolerances(
    '[output:]value',
    'relative tolerance in place of the case’s; may be repeated',
    'absolute tolerance, likewise',
  ),
  flag('--allow-fallback', 'list nodes that run elsewhere than asked instead of failing'),
  flag('--allow-tf32', 'leave TF32 on for cuda'),
  flag('--allow-empty', 'let outputs without elements pass'),
  flag('--allow-nan', 'let NaN stand for NaN'),
  flag('--allow-uncompared', 'let pass that there was nothing to compare an output with'),
  flag('--strict-threshold', 'fail for cells that rounding puts on the other side of the ignore threshold'),
)

/** What is told. */
const reporting = flagsOf(
  flag('--layerwise', 'compare every value between two providers, or optimised with not, and name the first node'),
  flag('--repro <dir>', 'with --layerwise: write the diverging node and its inputs as a case'),
  flag('-a, --all', 'a line for each output, not only for each case'),
  flag('--junit <file>', 'also write the report as JUnit XML'),
  flag('--html <file>', 'also write the report as a page, with a drawing of the graph'),
  json('the table'),
)

const flags = flagsOf(...running, ...judging, ...reporting)

type VerifyFlags = ValuesOf<typeof flags>

const details = `
A graph.onnx is run on cases generated for what it computes: by its own account, or by --config or --preset. Expected is
what the float64 reference gives. With --data it is run on yours, with --fixtures on the cases there that fit. Without a
target the graph of every fixture is built and run. A folder in the layout of the ONNX backend tests is run with the
models it holds.

An output that nothing can be compared with makes the verdict INCOMPLETE, exit code 6.

Each provider runs in a child process of its own, and onnxruntime's profile proves which node ran where. A node
elsewhere than asked is a failure, but for the forms compact and loop, whose CPU nodes are listed.
`

/** Adds `yolo-loss verify`. */
export function addVerify(program: Command, finish: Finish): void {
  const command = program
    .command('verify [targets...]')
    .description('Run graphs and compare every output with the float64 reference.')
    .addHelpText('after', details)
  addFlags(command, flags).action(async (targets: string[], given: VerifyFlags) => finish(await run(targets, given)))
}

/** What the flags say of the graph; keys of its configuration that are only defaults are not said. */
function saidOf({ preset, config: file, inputs, outputs }: VerifyFlags): GraphFlags {
  const names = { inputs: inputs ?? new Map(), outputs: outputs ?? new Map() }
  if (preset === undefined && file === undefined) return { names }
  const { config, origins } = configFrom({ ...(preset && { preset }), ...(file && { config: file }) })
  return { names, config: { config, said: Object.keys(origins).filter((key) => origins[key] !== 'default') } }
}

async function run(targets: readonly string[], given: VerifyFlags): Promise<number> {
  checkUse(targets, given)
  const { config: _, ...flags } = given
  const jobs = await jobsOf(targets, { ...flags, ...readingOf(given), ...saidOf(given), ...labelling(given) })
  if (given.keep !== undefined) await keepCases(given.keep, jobs)
  const reports = await verified(jobs, given)
  const layers = given.layerwise ? await layerwise(jobs, given, given) : []
  const found = await causeOf(jobs, reports, given)
  await writeFiles(jobs, reports, layers, found, given)
  const cause = found?.cause
  const sections = layers.map((l) => `${l.text}\n\n`).join('')
  const text = given.json
    ? toJson(reports, layers, cause)
    : `${sections}${renderReport(reports, process.stdout, { ...given, cause })}`
  process.stdout.write(`${text}\n`)
  const parted = layers.some(({ report }) => isFault(report)) ? [exitCodes.mismatch] : []
  return reports.length === 0 ? exitCodes.mismatch : worstExit([...reports.map((r) => r.exitCode), ...parted])
}

/** Annotations in place of labels, or of all data where a graph takes boxes alone. */
const labelling = (given: VerifyFlags): Pick<JobFlags, 'labelsFor' | 'data'> =>
  given.annotations ? { labelsFor: (config, info) => labelsFrom(given, config, info), data: given.data ?? [] } : {}

const aboutGraphs = [
  'preset',
  'config',
  'inputs',
  'outputs',
  'data',
  'annotations',
  'random',
  'keep',
  'against',
] as const
const aboutBuilt = ['form', 'opset'] as const

const refused = (flag: string, what: string, remedy: string): Fault<string, 'usage'> =>
  new Fault('usage', 'E_USAGE', { where: `--${flag}`, what, remedy })

/** @throws Fault of usage for flags that would be ignored, said of another graph than there is or without their own */
function checkUse(targets: readonly string[], given: VerifyFlags): void {
  if (given.keep !== undefined && targets.length > 1)
    throw refused('keep', 'has room for the cases of one graph', 'name one graph at a time')
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
  await writeAtomic(given.html, toHtml(reports, { drawn, cause, setting }))
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

async function verified(jobs: readonly Job[], given: VerifyFlags): Promise<CaseReport[]> {
  const progress = progressOn()
  try {
    const reports = await runJobs(jobs, settingsOf(given), progress)
    checkAsked(reports, given)
    return reports
  } finally {
    progress.end()
  }
}

/** Whatever is about the graph or its cases belongs to the jobs. */
const settingsOf = ({ config: _, against: __, reference: ___, ...given }: VerifyFlags): RunSettings => ({
  providers: given.ep,
  limits: given,
  allowTf32: given.allowTf32 ?? false,
  options: { ...given, asked: given, allowBothNan: given.allowNan ?? false },
})
