import { type Command, Option } from 'commander'
import { exitCodes, version, worstExit, writeAtomic } from '../../io/index.js'
import { defaultLimits, type Optimization, type Provider } from '../../runtime/index.js'
import {
  type AskedTolerance,
  type CaseLayers,
  type CaseReport,
  isFault,
  type Job,
  type JobFlags,
  jobsOf,
  layerwise,
  type RunSettings,
  renderReport,
  runJobs,
  toHtml,
  toJson,
  toJunit,
} from '../../verify/index.js'
import { checkAsked } from '../asked.js'
import type { Finish } from '../finish.js'
import { parseLimit, parseProviders, parseTolerance } from '../groups/flags.js'
import { parseIndex } from '../groups/parse.js'
import { progressOn } from '../progress.js'

interface VerifyFlags extends JobFlags {
  readonly ep: Provider[]
  readonly optimization: Optimization
  readonly deviceId?: number
  readonly rtol?: AskedTolerance[]
  readonly atol?: AskedTolerance[]
  readonly timeout: number
  readonly memory: number
  readonly allowTf32?: boolean
  readonly allowEmpty?: boolean
  readonly allowNan?: boolean
  readonly strictThreshold?: boolean
  readonly all?: boolean
  readonly json?: boolean
  readonly layerwise?: boolean
  readonly repro?: string
  readonly junit?: string
  readonly html?: string
}

const details = `
Without a target the graph of every fixture is built and run. A graph.onnx is run on the fixtures made for its
configuration. A folder in the layout of the ONNX backend tests is run with the models it holds.

Each provider runs in a child process of its own, and onnxruntime's profile proves which node ran where. A node
elsewhere than asked is a failure, but for the forms compact and loop, whose CPU nodes are listed.
`

/** What is run, and where. */
const addRunFlags = (command: Command): Command =>
  command
    .option('--fixtures <dir>', 'folder of cases', 'fixtures')
    .option('--ep <names>', 'execution providers: cpu, webgpu, cuda, or several as cpu,webgpu', parseProviders, [
      'cpu' as const,
    ])
    .addOption(
      new Option('--optimization <level>', 'how far onnxruntime may rewrite the graph')
        .choices(['disabled', 'basic', 'extended', 'all'])
        .default('all'),
    )
    .addOption(
      new Option(
        '--form <name>',
        'form of the graphs that are built (default: compact; static for webgpu and cuda)',
      ).choices(['compact', 'static', 'loop']),
    )
    .option('--opset <n>', 'opset of the graphs that are built')
    .option('--timeout <seconds>', 'for each case', parseLimit, defaultLimits.timeout)
    .option('--memory <MiB>', 'for each child process', parseLimit, defaultLimits.memory)
    .option('--device-id <n>', 'which GPU, for cuda', parseIndex)

/** What passes. */
const addJudgeFlags = (command: Command): Command =>
  command
    .option('--rtol <[output:]value>', 'relative tolerance in place of the case’s; may be repeated', parseTolerance)
    .option('--atol <[output:]value>', 'absolute tolerance, likewise', parseTolerance)
    .option('--allow-fallback', 'list nodes that run elsewhere than asked instead of failing')
    .option('--allow-tf32', 'leave TF32 on for cuda')
    .option('--allow-empty', 'let outputs without elements pass')
    .option('--allow-nan', 'let NaN stand for NaN')
    .option('--strict-threshold', 'fail for cells that rounding puts on the other side of the ignore threshold')

/** Adds `yolo-loss verify`. */
export function addVerify(program: Command, finish: Finish): void {
  const command = program
    .command('verify [targets...]')
    .description('Run graphs on fixtures and compare every output with the reference.')
    .addHelpText('after', details)
  addJudgeFlags(addRunFlags(command))
    .option('--layerwise', 'compare every value between two providers, or optimised with not, and name the first node')
    .option('--repro <dir>', 'with --layerwise: write the diverging node and its inputs as a case')
    .option('-a, --all', 'a line for each output, not only for each case')
    .option('--junit <file>', 'also write the report as JUnit XML')
    .option('--html <file>', 'also write the report as a page, with a drawing of the graph')
    .option('--json', 'one JSON object instead of the table')
    .action(async (targets: string[], flags: VerifyFlags) => finish(await run(targets, flags)))
}

async function run(targets: readonly string[], flags: VerifyFlags): Promise<number> {
  const jobs = await jobsOf(targets, flags)
  const reports = await verified(jobs, flags)
  const layers = flags.layerwise ? await layerwise(jobs, flags, flags) : []
  await writeFiles(jobs, reports, layers, flags)
  const sections = layers.map((l) => `${l.text}\n\n`).join('')
  const text = flags.json ? toJson(reports, layers) : `${sections}${renderReport(reports, process.stdout, flags)}`
  process.stdout.write(`${text}\n`)
  const parted = layers.some(({ report }) => isFault(report)) ? [exitCodes.mismatch] : []
  return reports.length === 0 ? exitCodes.mismatch : worstExit([...reports.map((r) => r.exitCode), ...parted])
}

/** The reports that go to files. The page shows the graph on one case: the first that failed, or else the first. */
async function writeFiles(
  jobs: readonly Job[],
  reports: readonly CaseReport[],
  layers: readonly CaseLayers[],
  flags: VerifyFlags,
): Promise<void> {
  if (flags.junit !== undefined) await writeAtomic(flags.junit, toJunit(reports))
  if (flags.html === undefined) return
  const failed = reports.find((r) => r.exitCode !== 0)?.case
  const job = jobs.find((j) => j.name === failed) ?? jobs[0]
  const drawn = layers.length > 0 || !job ? layers : await layerwise([job], flags, flags).catch(() => [])
  const cases = drawn.map(({ case: name, text, report, right }) => ({
    case: name,
    text,
    report,
    nodes: right.graph.nodes,
  }))
  await writeAtomic(flags.html, toHtml(reports, cases, version))
}

async function verified(jobs: readonly Job[], flags: VerifyFlags): Promise<CaseReport[]> {
  const progress = progressOn()
  try {
    const reports = await runJobs(jobs, settingsOf(flags), progress)
    checkAsked(reports, flags)
    return reports
  } finally {
    progress.end()
  }
}

function settingsOf(flags: VerifyFlags): RunSettings {
  const { ep, optimization, deviceId, rtol, atol, timeout, memory, allowTf32, allowEmpty, allowNan } = flags
  return {
    providers: ep,
    limits: { timeout, memory },
    allowTf32: allowTf32 ?? false,
    options: {
      optimization,
      asked: { ...(rtol ? { rtol } : {}), ...(atol ? { atol } : {}) },
      allowEmpty: allowEmpty ?? false,
      allowBothNan: allowNan ?? false,
      strictThreshold: flags.strictThreshold ?? false,
      ...(deviceId === undefined ? {} : { deviceId }),
    },
  }
}
