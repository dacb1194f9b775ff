import type { Command } from 'commander'
import { exitCodes, version, worstExit, writeAtomic } from '../../io/index.js'
import { providerNames, providers } from '../../runtime/index.js'
import type { CaseLayers, CaseReport, Job, RunSettings } from '../../verify/index.js'
import { isFault, jobsOf, layerwise, renderReport, runJobs, toHtml, toJson, toJunit } from '../../verify/index.js'
import { checkAsked } from '../asked.js'
import type { Finish } from '../finish.js'
import { addFlags, flag, flagsOf, type ValuesOf } from '../groups/flag.js'
import { parseIndex } from '../groups/parse.js'
import { fixtures, json, limits, optimization, someProviders, tolerances } from '../groups/run.js'
import { progressOn } from '../progress.js'

const staticOn = providerNames.filter((name) => providers[name].form === 'static')

/** What is run, and where. */
const running = flagsOf(
  fixtures,
  someProviders('execution providers', ', or several as cpu,webgpu'),
  optimization,
  flag('--form <name>', `form of the graphs that are built (default: compact; static for ${staticOn.join(' and ')})`, {
    choices: ['compact', 'static', 'loop'],
  }),
  flag('--opset <n>', 'opset of the graphs that are built'),
  ...limits('for each case', 'for each child process'),
  flag('--device-id <n>', 'which GPU, for cuda', { parse: parseIndex }),
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
Without a target the graph of every fixture is built and run. A graph.onnx is run on the fixtures made for its
configuration. A folder in the layout of the ONNX backend tests is run with the models it holds.

Each provider runs in a child process of its own, and onnxruntime's profile proves which node ran where. A node
elsewhere than asked is a failure, but for the forms compact and loop, whose CPU nodes are listed.
`

/** Adds `yolo-loss verify`. */
export function addVerify(program: Command, finish: Finish): void {
  const command = program
    .command('verify [targets...]')
    .description('Run graphs on fixtures and compare every output with the reference.')
    .addHelpText('after', details)
  addFlags(command, flags).action(async (targets: string[], given: VerifyFlags) => finish(await run(targets, given)))
}

async function run(targets: readonly string[], given: VerifyFlags): Promise<number> {
  const jobs = await jobsOf(targets, given)
  const reports = await verified(jobs, given)
  const layers = given.layerwise ? await layerwise(jobs, given, given) : []
  await writeFiles(jobs, reports, layers, given)
  const sections = layers.map((l) => `${l.text}\n\n`).join('')
  const text = given.json ? toJson(reports, layers) : `${sections}${renderReport(reports, process.stdout, given)}`
  process.stdout.write(`${text}\n`)
  const parted = layers.some(({ report }) => isFault(report)) ? [exitCodes.mismatch] : []
  return reports.length === 0 ? exitCodes.mismatch : worstExit([...reports.map((r) => r.exitCode), ...parted])
}

/** The reports that go to files. The page shows the graph on one case: the first that failed, or else the first. */
async function writeFiles(
  jobs: readonly Job[],
  reports: readonly CaseReport[],
  layers: readonly CaseLayers[],
  given: VerifyFlags,
): Promise<void> {
  if (given.junit !== undefined) await writeAtomic(given.junit, toJunit(reports))
  if (given.html === undefined) return
  const failed = reports.find((r) => r.exitCode !== 0)?.case
  const job = jobs.find((j) => j.name === failed) ?? jobs[0]
  const drawn = layers.length > 0 || !job ? layers : await layerwise([job], given, given).catch(() => [])
  const cases = drawn.map(({ case: name, text, report, right }) => ({
    case: name,
    text,
    report,
    nodes: right.graph.nodes,
  }))
  await writeAtomic(given.html, toHtml(reports, cases, version))
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

const settingsOf = (given: VerifyFlags): RunSettings => ({
  providers: given.ep,
  limits: given,
  allowTf32: given.allowTf32 ?? false,
  options: { ...given, asked: given, allowBothNan: given.allowNan ?? false },
})
