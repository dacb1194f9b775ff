import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { type Command, Option } from 'commander'
import { readBytes } from '../files/read.js'
import { encodeModel } from '../proto/encode.js'
import { InputError } from '../proto/errors.js'
import { readModel } from '../proto/read.js'
import type { Provider } from '../runtime/provider.js'
import type { Optimization } from '../runtime/session.js'
import { worstExit } from '../verify/exit.js'
import { matchConfig } from '../verify/match.js'
import { renderReport, toJson } from '../verify/report.js'
import type { CaseReport } from '../verify/result.js'
import { findCases, readCase, type TestCase } from '../verify/testcase.js'
import { type VerifyOptions, verifyCase } from '../verify/verify.js'
import { resolveConfig } from '../yolo/config.js'
import { lossModel } from '../yolo/loss.js'
import type { Finish } from './main.js'

interface VerifyFlags {
  readonly fixtures: string
  readonly ep: Provider
  readonly optimization: Optimization
  readonly opset?: string
  readonly json?: boolean
}

const details = `
Without a target the graph of every fixture is built and run. A graph.onnx is run on the fixtures made for its
configuration. A folder in the layout of the ONNX backend tests is run with the models it holds.
`

/** Adds `yolo-loss verify`. */
export function addVerify(program: Command, finish: Finish): void {
  program
    .command('verify [targets...]')
    .description('Run graphs on fixtures and compare every output with the reference.')
    .addHelpText('after', details)
    .option('--fixtures <dir>', 'folder of cases', 'fixtures')
    .addOption(new Option('--ep <name>', 'execution provider').choices(['cpu', 'webgpu', 'cuda']).default('cpu'))
    .addOption(
      new Option('--optimization <level>', 'how far onnxruntime may rewrite the graph')
        .choices(['disabled', 'basic', 'extended', 'all'])
        .default('all'),
    )
    .option('--opset <n>', 'opset of the graphs that are built')
    .option('--json', 'one JSON object instead of the table')
    .action(async (targets: string[], flags: VerifyFlags) => {
      const reports = await reportsOf(targets, flags)
      process.stdout.write(`${flags.json ? toJson(reports) : renderReport(reports)}\n`)
      finish(reports.length === 0 ? 1 : worstExit(reports.map((r) => r.exitCode)))
    })
}

async function reportsOf(targets: readonly string[], flags: VerifyFlags): Promise<CaseReport[]> {
  if (targets.length === 0) return built(flags)
  const reports: CaseReport[] = []
  for (const target of targets)
    reports.push(...(await (isFolder(target) ? stored(target, flags) : graph(target, flags))))
  return reports
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

const optionsOf = ({ ep, optimization }: VerifyFlags): VerifyOptions => ({ provider: ep, optimization })

/** The cases of a folder. @throws InputError when it holds none, for nothing compared is no success */
async function casesIn(dir: string): Promise<string[]> {
  const dirs = await findCases(dir)
  if (dirs.length > 0) return dirs
  throw new InputError('E_FIXTURE', {
    where: dir,
    what: 'holds no case',
    remedy: 'a case is a folder with test_data_set_0',
  })
}

/** Every case with the model in its folder. */
async function stored(dir: string, flags: VerifyFlags): Promise<CaseReport[]> {
  const reports: CaseReport[] = []
  for (const path of await casesIn(dir)) reports.push(await verifyCase(path, optionsOf(flags)))
  return reports
}

/** Every case with the graph that its configuration gives. */
async function built(flags: VerifyFlags): Promise<CaseReport[]> {
  const opset = flags.opset === undefined ? {} : { opset: Number(flags.opset) }
  const reports: CaseReport[] = []
  for (const path of await casesIn(flags.fixtures)) {
    const test = await readCase(path)
    const config = resolveConfig({ ...(test.info.config as object), ...opset, components: true, masks: true })
    const model = { bytes: encodeModel(lossModel(config)), file: `graph of ${test.name}` }
    reports.push(await verifyCase(test, { ...optionsOf(flags), model }))
  }
  return reports
}

/** One graph on the cases made for its configuration. @throws InputError when there is none */
async function graph(file: string, flags: VerifyFlags): Promise<CaseReport[]> {
  const bytes = await readBytes(file)
  const { metadata } = readModel(bytes, file)
  const reports: CaseReport[] = []
  let refusal: unknown
  for (const path of await casesIn(flags.fixtures)) {
    const test = await readCase(path)
    refusal = refusalOf(metadata, test, file)
    if (refusal) continue
    reports.push(await verifyCase(test, { ...optionsOf(flags), model: { bytes, file }, absent: 'skip' }))
  }
  if (reports.length > 0) return reports
  const what = `no case in ${basename(flags.fixtures)} was made for its configuration`
  throw new InputError(
    'E_CONFIG_MISMATCH',
    { where: file, what, remedy: (refusal as Error).message },
    { cause: refusal },
  )
}

function refusalOf(metadata: ReadonlyMap<string, string>, test: TestCase, file: string): unknown {
  try {
    matchConfig(metadata, test.info.config, file, test.name)
    return undefined
  } catch (error) {
    return error
  }
}
